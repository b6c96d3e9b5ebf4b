"""Vectors on disk, so that a benchmark that is run again, or was interrupted, embeds nothing twice."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.embedder import NamedEmbeddings
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.ranking.window_vectors import WindowVectors

_BATCH = 256


class VectorCache:
    """Unit vectors keyed by embedder fingerprint and the text's sha256."""

    def __init__(self, connection: sqlite3.Connection, embedder: NamedEmbeddings) -> None:
        self._connection = connection
        self._embedder = embedder

    @property
    def embeddings(self) -> Embeddings:
        """What makes the vectors that are not there."""
        return self._embedder.embeddings

    def vectors(self, texts: Sequence[str], say: Callable[[str], None] = lambda _: None) -> np.ndarray:
        """One row of float32 for each text; what is embedded anew is kept every few hundred texts."""
        keys = [self._key(text) for text in texts]
        rows: dict[bytes, np.ndarray] = {}
        for key in dict.fromkeys(keys):
            if (kept := self._kept(key)) is not None:
                rows[key] = kept
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        missing, started = list(new.items()), time.monotonic()
        for first in range(0, len(missing), _BATCH):
            batch = missing[first : first + _BATCH]
            vectors = self._embedder.embeddings.embed_documents([text for _, text in batch])
            for (key, _), vector in zip(batch, vectors, strict=True):
                array = np.asarray(vector, dtype=np.float32)
                rows[key] = array / max(float(np.linalg.norm(array)), 1e-12)
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(key, rows[key].tobytes()) for key, _ in batch],
                )
            done = first + len(batch)
            say(f"embedded {done} of {len(missing)}, {done / (time.monotonic() - started):.0f}/s")
        return np.stack([rows[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._embedder.fingerprint}\0{text}".encode()).digest()

    def _kept(self, key: bytes) -> np.ndarray | None:
        row = self._connection.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return np.frombuffer(row[0], dtype=np.float32) if row else None


class CachedEmbeddings(Embeddings):
    """A vector cache as LangChain embeddings."""

    def __init__(self, vectors: VectorCache) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._vectors.vectors(texts).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@contextmanager
def open_vector_cache(path: Path, embedder: NamedEmbeddings) -> Iterator[VectorCache]:
    """Open (and, where needed, create) the cache file for the length of a ``with`` block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        yield VectorCache(connection, embedder)
    finally:
        connection.close()


def stored_windows(embeddings: Embeddings, folder: Path) -> WindowVectors | None:
    """The vectors of windows as the product makes them of passages, in ``folder``; None without the carried
    embedder."""
    if not isinstance(embeddings, MiniLMEmbeddings):
        return None
    passages = StoredVectors(embeddings, embeddings.fingerprint, folder / "embeddings.sqlite")
    return WindowVectors(embeddings, passages, folder / "windows.sqlite")
