"""What is asked of a stranger's vector store, ours do: in files, in the data folder, and on a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.retrieval.vectors.chroma_store import ChromaStore
from app.retrieval.vectors.row_store import RowStore
from app.retrieval.vectors.store import StorePlace, VectorStore
from app.testing.vector_store_suite import VectorStoreSuite
from tests.support.chroma_server import serve_chroma


class TestRows(VectorStoreSuite):
    def make(self, place: StorePlace) -> VectorStore:
        return RowStore(place)


class TestChromaInAFolder(VectorStoreSuite):
    def make(self, place: StorePlace) -> VectorStore:
        return ChromaStore(place)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.mark.slow  # it takes a server some seconds to start
class TestChromaServer(VectorStoreSuite):
    @pytest.fixture(autouse=True)
    def _served(self, server: str) -> None:
        type(self).url = server

    def make(self, place: StorePlace) -> VectorStore:
        return ChromaStore(place)
