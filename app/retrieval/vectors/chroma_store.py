"""Chroma through langchain-chroma: one collection a tenant and vector space, in the data folder.

Only ids and vectors are stored: the texts are the registry's, and here they would take three times the time
and disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

from app.process.passing import quiet_import

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

MAX_BATCH = 5000
"""Chroma takes at most 5461 records in one call."""


class _Ready(Embeddings):
    """Hands on vectors that are there already: the wrapper takes only texts."""

    def __init__(self) -> None:
        self.vectors: Any = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return list(self.vectors)  # rows of float32: as numbers of Python they would take ten times as long

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError


class ChromaStore:
    """Vectors by passage id. Not safe for threads: the owner holds a lock.

    A client sees what other processes wrote only after it is opened again, so whoever reads names the
    generation expected and the client is opened anew when that has moved on.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name[:63].rstrip("-._")
        self._ready = _Ready()
        self._client: ClientAPI | None = None
        self._store: Chroma | None = None
        self._generation: str | None = None

    def upsert(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Write one vector (a row) for each id; an id that is there already is replaced."""
        store = self._open()
        for i in range(0, len(ids), MAX_BATCH):
            chosen = list(ids[i : i + MAX_BATCH])
            self._ready.vectors = vectors[i : i + MAX_BATCH]
            store.add_texts([""] * len(chosen), ids=chosen)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        store = self._open()
        for i in range(0, len(ids), MAX_BATCH):
            store.delete(ids=list(ids[i : i + MAX_BATCH]))

    def nearest(self, vector: np.ndarray, k: int, generation: str) -> list[tuple[str, float]]:
        """About the ``k`` largest cosines as (id, cosine), best first, whoever may read them."""
        store = self._at(generation)
        found = store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=k)
        return [(str(document.id), 1.0 - distance) for document, distance in found]

    def ids(self, generation: str) -> list[str]:
        return list(self._at(generation).get(include=[])["ids"])

    def close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]
        self._client = self._store = None

    def _at(self, generation: str) -> Chroma:
        if self._generation != generation:
            self.close()
        self._generation = generation
        return self._open()

    def _open(self) -> Chroma:
        if self._store is None:
            chroma_class, client = _chroma(self._folder)
            self._client = client
            self._store = chroma_class(
                client=client,
                collection_name=self._name,
                embedding_function=self._ready,
                collection_configuration={"hnsw": {"space": "cosine"}},
            )
        return self._store


def _chroma(folder: Path) -> tuple[type[Chroma], ClientAPI]:
    with quiet_import():
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma

    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(anonymized_telemetry=False)
    return Chroma, chromadb.PersistentClient(str(folder), settings=settings)
