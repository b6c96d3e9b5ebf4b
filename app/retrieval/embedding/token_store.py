"""Token vectors of passages on disk: made when a passage first comes near an answer, read from then on."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.storage.cache_file import open_cache

if TYPE_CHECKING:
    import numpy as np

_IN_MEMORY = 500
"""Passages kept in memory; one takes some 50 kB."""


_TABLE = "tokens (key BLOB NOT NULL UNIQUE, codes BLOB NOT NULL)"


class TokenStore:
    """Token vectors by the text's sha256, as int8; safe for threads.

    At most ``limit`` passages stay in the file (some 50 kB each); those asked for longest ago go first.
    """

    def __init__(self, encoder: MiniLMEmbeddings, file: Path, limit: int) -> None:
        self._encoder = encoder
        self._file = file
        self._limit = limit
        self._lock = threading.Lock()
        self._recent: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def codes(self, texts: Sequence[str]) -> list[np.ndarray]:
        """For each text one row of int8 a token (see ``quantised``)."""
        space = self._encoder.fingerprint
        keys = [hashlib.sha256(f"{space}\0{text}".encode()).digest() for text in texts]
        with self._lock:
            codes = {key: self._recent[key] for key in keys if key in self._recent}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in codes}
        if missing:
            codes |= self._read_or_make(missing)
        with self._lock:
            for key in keys:
                self._recent[key] = codes[key]
                self._recent.move_to_end(key)
            while len(self._recent) > _IN_MEMORY:
                self._recent.popitem(last=False)
        return [codes[key] for key in keys]

    def _read_or_make(self, texts: dict[bytes, str]) -> dict[bytes, np.ndarray]:
        import numpy as np

        with open_cache(self._file, _TABLE) as connection:
            marks = ",".join("?" * len(texts))
            query = f"SELECT key, codes FROM tokens WHERE key IN ({marks})"  # noqa: S608
            stored = dict(connection.execute(query, list(texts)))
            codes = {key: np.frombuffer(blob, np.int8).reshape(-1, 384) for key, blob in stored.items()}
            new = [key for key in texts if key not in codes]
            made = self._encoder.tokens_many([texts[key] for key in new])
            codes |= {key: quantised(tokens.vectors) for key, tokens in zip(new, made, strict=True)}
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO tokens (key, codes) VALUES (?, ?)",
                    [(key, codes[key].tobytes()) for key in new],
                )
                last = connection.execute("SELECT max(rowid) FROM tokens").fetchone()[0] or 0
                connection.execute("DELETE FROM tokens WHERE rowid <= ?", (last - self._limit,))
        return codes


def quantised(vectors: np.ndarray) -> np.ndarray:
    """Rows of float32 as rows of int8 that point the same way (cosine above .999); their length is lost."""
    import numpy as np

    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-12)
    codes: np.ndarray = np.rint(vectors / largest * 127).astype(np.int8)
    return codes
