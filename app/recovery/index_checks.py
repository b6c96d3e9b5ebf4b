"""Whether an index has all the passages that the registry has, and its files are as they were written."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from app.recovery.index_digest import is_altered
from app.registry.registry import Registry
from app.retrieval.vectors.vector_index import VectorIndex
from app.retrieval.word_index import WordIndex

MOST_AT_OPENING = 64_000_000
"""Bytes of index that are read to compare checksums when it is first asked, some 2 ms a megabyte at worst."""

REMEDY = "run: pincite rebuild"


class IndexChecks:
    """Looked at again whenever the index has changed; counting costs a read of it. Safe for threads."""

    def __init__(
        self, registry: Registry, vectors: VectorIndex, words: WordIndex, folders: Sequence[Path]
    ) -> None:
        self._registry = registry
        self._vectors = vectors
        self._words = words
        self._folders = folders
        self._lock = threading.Lock()
        self._seen: tuple[int, str] | None = None

    def missing(self) -> str:
        """What is wrong, in one line for readers of answers; empty where nothing is."""
        with self._lock:
            generation = self._registry.generation()
            if self._seen is None or self._seen[0] != generation:
                # What is wrong is looked at each time: it may have been mended.
                found = self._look()
                self._seen = (generation, found) if not found else None
                return found
            return self._seen[1]

    def _look(self) -> str:
        wanted = self._registry.passage_count()
        lacking = []
        for what, count in (("words", _count(self._words)), ("vectors", self._vectors.count())):
            if count is not None and count < wanted:
                lacking.append(f"{what} of {wanted - count} of {wanted} passages")
        if lacking and self._registry.passage_count() == wanted:
            return f"part of the index is missing ({' and '.join(lacking)}): {REMEDY}"
        size = sum(size_of(path) for folder in self._folders for path in folder.rglob("*.*"))
        return self.altered() if size <= MOST_AT_OPENING else ""

    def altered(self) -> str:
        """What of the index is not as it was written, in one line; reads all of it."""
        for folder in self._folders:
            if is_altered(self._registry, folder):
                return f"part of the index is damaged ({folder.name}): {REMEDY}"
        return ""


def size_of(path: Path) -> int:
    """Bytes of a file; 0 of one that has just been taken away, as by whoever writes the index."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _count(words: WordIndex) -> int | None:
    try:
        return words.count()
    except Exception:  # whatever an index of words may say; the search says it too
        return 0
