"""A vector store in one file: every vector in one ``.npz``, compared by numpy. Good for some 50,000 passages.

Its registration, in the ``pyproject.toml`` of whoever ships it, and its use:

    [project.entry-points."pincite.vector_stores"]
    one_file = "one_file_store:OneFileStore"

    PINCITE_RETRIEVAL__VECTOR_STORE=one_file
"""

import os
from collections.abc import Sequence

import numpy as np

from pincite.app.retrieval.vectors.store import Allowed, Nearest, StorePlace


class OneFileStore:
    """What is read never changes, so threads need no lock; a write puts a file in the old one's place."""

    def __init__(self, place: StorePlace) -> None:
        self._file = place.folder / f"{place.space}.npz"
        self._held: tuple[np.ndarray, np.ndarray] | None = None

    def upsert(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        known, old = self._read()
        stay = ~np.isin(known, numbers)
        old = old[stay].reshape(-1, vectors.shape[1]) if stay.any() else vectors[:0]
        self._write(np.concatenate([known[stay], numbers]), np.concatenate([old, vectors]))

    def delete(self, numbers: Sequence[int]) -> None:
        known, vectors = self._read()
        stay = ~np.isin(known, numbers)
        self._write(known[stay], vectors[stay])

    def nearest(self, vector: np.ndarray, k: int, allowed: Allowed) -> Nearest:
        """Only what may be read is compared: the scope is never a matter of the score."""
        numbers, vectors = self._read()
        readable = allowed.of(numbers)
        numbers, cosines = numbers[readable], vectors[readable] @ vector if readable.any() else np.empty(0)
        best = np.argsort(-cosines, kind="stable")[:k]
        hits = [(int(numbers[place]), float(cosines[place])) for place in best]
        return Nearest(hits, float(cosines.mean()) if len(cosines) else None)

    def cosines(self, vector: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        known, vectors = self._read()
        places = np.flatnonzero(np.isin(known, numbers))
        return {int(known[place]): float(vectors[place] @ vector) for place in places}

    def numbers(self, among: Sequence[int] | None = None) -> set[int]:
        known, _ = self._read()
        return set(known.tolist()) if among is None else set(known.tolist()) & set(among)

    def refresh(self, last: int, *, anew: bool) -> None:
        if anew:
            self._held = None

    def end_writing(self) -> None:
        pass

    def close(self) -> None:
        self._held = None

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        held = self._held
        if held is None:
            held = np.empty(0, np.int64), np.empty((0, 0), np.float32)
            if self._file.exists():
                with np.load(self._file) as stored:
                    held = stored["numbers"], stored["vectors"]
            self._held = held
        return held

    def _write(self, numbers: np.ndarray, vectors: np.ndarray) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, numbers=numbers.astype(np.int64), vectors=vectors)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._file)
        self._held = None
