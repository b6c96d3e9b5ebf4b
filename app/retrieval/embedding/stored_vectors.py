"""Vectors of passages on disk, so that the same words are embedded once.

They come again in a document that was changed, in a second copy, in an index that is built again.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.arrays import embed_array, embed_query_array, unit
from app.storage.cache_file import open_cache
from app.storage.cache_rows import VECTORS, forget_rows, in_parts, keep_rows, read_rows, write_rows
from app.storage.sqlite import write_anew

if TYPE_CHECKING:
    import numpy as np

_log = logging.getLogger(__name__)

_AT_LEAST = 10_000


class StoredVectors(Embeddings):
    """Embeddings that look in a file first, by the vector space and the text's sha256.

    Vectors have length 1 and are rounded to float16 (cosine with the unrounded one above 0.999999), those
    that are new too: a text has one vector, whether or not it was seen before.
    """

    def __init__(
        self, embeddings: Embeddings, fingerprint: str, file: Path, limit: int | None = None
    ) -> None:
        """At most about ``limit`` vectors stay in the file; the oldest go first. None: see ``keep``."""
        self._embeddings = embeddings
        self._fingerprint = fingerprint
        self._file = file
        self._limit = limit

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        made: list[list[float]] = self.embed_array(texts).tolist()
        return made

    def embed_array(self, texts: Sequence[str]) -> np.ndarray:
        """Float32, one row a text."""
        import numpy as np

        if not texts:
            return np.empty((0, 0), np.float32)
        keys = [self._key(text) for text in texts]
        try:
            found = self._read_or_make(keys, texts)
        except (sqlite3.Error, OSError) as error:
            # A full disk, a folder that may only be read: then the vectors are made each time.
            _log.warning("vectors are not kept: %s: %s", self._file, error, exc_info=error)
            return _halved(embed_array(self._embeddings, texts)).astype(np.float32)
        return np.frombuffer(b"".join(found[key] for key in keys), "<f2").reshape(len(keys), -1).astype("f4")

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._fingerprint}\0{text}".encode()).digest()

    def _read_or_make(self, keys: Sequence[bytes], texts: Sequence[str]) -> dict[bytes, bytes]:
        with open_cache(self._file, VECTORS) as connection:
            found = read_rows(connection, list(dict.fromkeys(keys)))
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
            for some in in_parts(list(new.items())):
                vectors = _halved(embed_array(self._embeddings, [text for _, text in some]))
                rows = [(key, vector.tobytes()) for (key, _), vector in zip(some, vectors, strict=True)]
                write_rows(connection, rows)
                found.update(rows)
            if new and self._limit is not None:
                forget_rows(connection, self._limit)
        return found

    def keep_made(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Keep vectors that were made elsewhere by the same embedder, one row a text.

        Raises:
            sqlite3.Error, OSError: the file cannot be written.
        """
        rows = [(self._key(text), row.tobytes()) for text, row in zip(texts, _halved(vectors), strict=True)]
        with open_cache(self._file, VECTORS) as connection:
            write_rows(connection, rows)

    def embed_query(self, text: str) -> list[float]:
        return self._embeddings.embed_query(text)

    def embed_query_array(self, text: str) -> np.ndarray:
        """Float32."""
        return embed_query_array(self._embeddings, text)

    def keep(self, count: int) -> None:
        """Forget all but the newest ``count`` vectors (and never less than 10,000)."""
        if not self._file.exists():
            return
        with open_cache(self._file, VECTORS) as connection:
            forget_rows(connection, max(count, _AT_LEAST))

    def keep_only(self, texts: Iterable[str]) -> int:
        """Forget the vectors of all other texts, for good; returns how many went.

        Raises:
            sqlite3.Error: the file is damaged.
        """
        return keep_only(self._file, map(self._key, texts))


def keep_only(file: Path, keys: Iterable[bytes]) -> int:
    """Delete all rows of a file of vectors but those of these keys, and write it anew; a damaged one goes."""
    if not file.exists():
        return 0
    try:
        with open_cache(file, VECTORS) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            count = keep_rows(connection, keys)
            write_anew(connection)
    except sqlite3.DatabaseError:
        if file.exists():
            raise
        return 0
    return count


def _halved(vectors: np.ndarray) -> np.ndarray:
    return unit(vectors).astype("<f2")
