"""Chroma through langchain-chroma: one collection a tenant and vector space, in the data folder."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

MAX_BATCH = 5000
"""Chroma takes at most 5461 records in one call."""


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A passage and the cosine of its vector with the question's, -1 to 1."""

    passage_id: str
    cosine: float


class VectorIndex:
    """Vectors of passages with the metadata that scopes them.

    A Chroma client sees what other processes wrote only after it is opened again, so every search names
    the generation of the index it expects and the client is opened anew when that has moved on.
    """

    def __init__(self, folder: Path, tenant: str, embeddings: Embeddings, fingerprint: str) -> None:
        self._folder = folder
        self._name = f"{tenant}-{fingerprint}"[:63].rstrip("-._")
        self._embeddings = embeddings
        self._lock = threading.Lock()
        self._client: ClientAPI | None = None
        self._store: Chroma | None = None
        self._generation: int | None = None

    def add(self, ids: Sequence[str], texts: Sequence[str], metadatas: Sequence[dict[str, Any]]) -> None:
        """Embed and write; an id that is there already is replaced."""
        with self._lock:
            store = self._open()
            for i in range(0, len(ids), MAX_BATCH):
                chosen = slice(i, i + MAX_BATCH)
                store.add_texts(list(texts[chosen]), list(metadatas[chosen]), ids=list(ids[chosen]))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        with self._lock:
            store = self._open()
            for i in range(0, len(ids), MAX_BATCH):
                store.delete(ids=list(ids[i : i + MAX_BATCH]))

    def search(self, question: str, k: int, where: dict[str, Any], generation: int) -> list[VectorHit]:
        """The ``k`` nearest passages that ``where`` allows, nearest first."""
        vector = self._embeddings.embed_query(question)
        with self._lock:
            if self._generation != generation:
                self._close()
            store = self._open()
            self._generation = generation
            found = store.similarity_search_by_vector_with_relevance_scores(vector, k=k, filter=where)
        return [VectorHit(str(document.id), 1.0 - distance) for document, distance in found]

    def ids(self) -> list[str]:
        """Every stored id; for checks."""
        with self._lock:
            return list(self._open().get(include=[])["ids"])

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]
        self._client = self._store = None

    def _open(self) -> Chroma:
        if self._store is None:
            chroma_class, client = _chroma(self._folder)
            self._client = client
            self._store = chroma_class(
                client=client,
                collection_name=self._name,
                embedding_function=self._embeddings,
                collection_configuration={"hnsw": {"space": "cosine"}},
            )
        return self._store


def _chroma(folder: Path) -> tuple[type[Chroma], ClientAPI]:
    # jsonschema builds a grammar for 1.2 s when this optional module can be imported; nobody here needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(anonymized_telemetry=False)
    return Chroma, chromadb.PersistentClient(str(folder), settings=settings)
