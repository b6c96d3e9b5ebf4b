"""Vectors as rows of small integers in one file: what an exact search reads from end to end.

A record is ``dim`` int8 codes, the scale they are multiplied with (float32) and the number of the passage
(int64). Records are appended, with rising numbers, and erased in their place: a scale of 0 and no codes.
What a killed writer left at the end has numbers the registry never gave out; readers stop before it and the
next writer writes over it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import PinciteError
from app.retrieval.vectors.store import Nearest
from app.storage.private_files import make_private_file

if TYPE_CHECKING:
    import numpy as np

MAGIC = b"PINROWS1"
HEADER_BYTES = 64

REPAIR = "run: pincite rebuild"

_COPIED_SHARE = 0.2
"""Up to this share of all rows it is quicker to copy the wanted ones together than to read past the rest."""
_BLOCK = 8192
_RESCORED = 3


class RowFileError(PinciteError, RuntimeError):
    """The file is not one of ours, or holds vectors of another length."""

    code = "row-file"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one moment. ``numbers`` (int64) rise; ``records`` are mapped, not read."""

    records: np.ndarray
    numbers: np.ndarray
    scales: np.ndarray

    @staticmethod
    def none() -> Rows:
        import numpy as np

        return Rows(np.empty(0, _dtype(1)), np.empty(0, np.int64), np.empty(0, np.float32))

    def __len__(self) -> int:
        return len(self.numbers)

    def nearest(self, question: np.ndarray, k: int, allowed: np.ndarray) -> Nearest:
        """The ``k`` rows with the largest cosines, the earlier row in a tie, and the mean cosine.

        ``question`` is a unit vector of float32; ``allowed`` has one truth value a row.
        """
        import numpy as np

        wanted = int(np.count_nonzero(allowed))
        if not wanted or not k:
            return Nearest([], 0.0)
        codes, scales = quantise(question[None])
        positions = None
        if wanted <= len(self) * _COPIED_SHARE:
            positions = np.flatnonzero(allowed)
            rough = self._some(codes, positions)
            mean = float(rough.mean())
        else:
            rough = self._all(codes)
            mean = float(rough @ allowed.astype(np.float32)) / wanted
            np.copyto(rough, -np.inf, where=~allowed)
        # The question was rounded too: bring more than wanted, and weigh these with the question as it is.
        most = min(wanted, k * _RESCORED)
        best = np.argpartition(rough, len(rough) - most)[len(rough) - most :]
        best = np.sort(best if positions is None else positions[best])
        exact = self._cosines(question, best)
        order = np.argsort(-exact, kind="stable")[:k]
        # The rough scores lack the scale of the rounded question.
        hits = [(int(self.numbers[best[i]]), float(exact[i])) for i in order]
        return Nearest(hits, mean * float(scales[0]))

    def cosines(self, question: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        """The cosine of each of these passages that has a row."""
        import numpy as np

        places = self.places(numbers)
        places = places[self.records["scale"][places] > 0]
        found = self._cosines(question, places) if len(places) else np.empty(0, np.float32)
        return {int(self.numbers[place]): float(one) for place, one in zip(places, found, strict=True)}

    def places(self, numbers: Sequence[int]) -> np.ndarray:
        """The positions (rising) of these passages; those without a row are left out."""
        import numpy as np

        wanted = np.array(sorted(set(numbers)), np.int64)
        places = np.searchsorted(self.numbers, wanted)
        there = places < len(self.numbers)
        there[there] = self.numbers[places[there]] == wanted[there]
        found: np.ndarray = places[there]
        return found

    def kept(self) -> np.ndarray:
        """The positions of rows that were not erased, as the file is now."""
        import numpy as np

        return np.flatnonzero(self.records["scale"] > 0)

    def _cosines(self, question: np.ndarray, positions: np.ndarray) -> np.ndarray:
        import numpy as np

        cosines: np.ndarray = (self._codes(positions).astype(np.float32) @ question) * self.scales[positions]
        return cosines

    def _all(self, codes: np.ndarray) -> np.ndarray:
        import numpy as np
        import simsimd

        dots = np.asarray(simsimd.cdist(codes, self.records["codes"], "dot"))[0]
        rough: np.ndarray = np.multiply(dots, self.scales, dtype=np.float32, casting="same_kind")
        return rough

    def _some(self, codes: np.ndarray, positions: np.ndarray) -> np.ndarray:
        import numpy as np
        import simsimd

        rough = np.empty(len(positions), np.float32)
        for first in range(0, len(positions), _BLOCK):
            block = positions[first : first + _BLOCK]
            dots = simsimd.cdist(codes, self._codes(block), "dot")
            rough[first : first + len(block)] = np.asarray(dots)[0] * self.scales[block]
        return rough

    def _codes(self, positions: np.ndarray) -> np.ndarray:
        import numpy as np

        dim = self.records.dtype["codes"].shape[0]
        plain = self.records.view(np.uint8).reshape(len(self.records), -1)
        taken: np.ndarray = np.take(plain, positions, axis=0)[:, :dim].view(np.int8)
        return taken


def quantise(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of float32 as int8 codes and one scale (float32) a row: ``codes * scale`` is nearly the row.

    >>> import numpy as np
    >>> codes, scales = quantise(np.array([[0.5, -1.0]], np.float32))
    >>> codes.tolist(), round(float(scales[0]), 5)
    ([[64, -127]], 0.00787)
    """
    import numpy as np

    largest = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-12))
    scales = (largest / 127).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def open_rows(path: Path, up_to: int, known: Rows | None = None) -> Rows | None:
    """The rows whose passage numbers are at most ``up_to``; None where there is no file yet.

    ``known`` are rows read from the same file before: only what came after them is read.

    Raises:
        RowFileError: the file is not a row file.
    """
    import numpy as np

    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            if len(header) < HEADER_BYTES:  # its writer was killed before there was a row
                return None
            dtype = _dtype(_dimension(header, path))
            count = (os.fstat(file.fileno()).st_size - HEADER_BYTES) // dtype.itemsize
            if count <= 0:
                return Rows.none()
            records = np.memmap(file, dtype, "r", HEADER_BYTES, (count,)).view(np.ndarray)
    except FileNotFoundError:
        return None
    seen = len(known) if known is not None else 0
    fresh = records["number"][seen:]
    valid = fresh <= up_to
    last = known.numbers[-1] if known is not None and seen else 0
    valid &= np.diff(fresh, prepend=last) > 0
    new = len(fresh) if valid.all() else int(np.argmin(valid))
    numbers, scales = fresh[:new].copy(), records["scale"][seen : seen + new].copy()
    if known is not None:
        numbers = np.concatenate([known.numbers, numbers])
        scales = np.concatenate([known.scales, scales])
    return Rows(records[: seen + new], numbers, scales)


def is_there(path: Path) -> bool:
    """Whether there is a file with a header; it is not read."""
    try:
        return path.stat().st_size >= HEADER_BYTES
    except FileNotFoundError:
        return False


class RowWriter:
    """Appends rows. There is one writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._end = 0
        self._last = -1

    def append(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        """Write one record a row of ``vectors`` (float32, unit length) and wait until it is on the disk.

        ``numbers`` rise. What the file holds from the first of them on is of a writer that was killed or
        failed, and is written over.

        Raises:
            RowFileError: the vectors are longer or shorter than those in the file.
        """
        if not self._end or numbers[0] != self._last + 1:
            self._find_end(numbers[0])
        records = _records(numbers, vectors)
        if not self._end:
            make_private_file(self.path)
            self.path.write_bytes(_header(vectors.shape[1]))
            self._end = HEADER_BYTES
        with self.path.open("r+b") as file:
            found = _dimension(file.read(HEADER_BYTES), self.path)
            if found != vectors.shape[1]:
                raise RowFileError(f"{self.path} holds vectors of {found} numbers, not {vectors.shape[1]}")
            file.seek(self._end)
            file.write(records.tobytes())
            file.flush()
            os.fsync(file.fileno())
        self._end += records.nbytes
        self._last = numbers[-1]

    def _find_end(self, first_number: int) -> None:
        rows = open_rows(self.path, first_number - 1)
        if rows is None:
            self._end = 0
            return
        self._end = HEADER_BYTES + (len(rows) * rows.records.dtype.itemsize if len(rows) else 0)
        # Numbers of 0 are never valid. The file is not cut: a reader may have mapped its end.
        left = self.path.stat().st_size - self._end
        if left > 0:
            with self.path.open("r+b") as file:
                file.seek(self._end)
                file.write(bytes(left))


def erase_rows(path: Path, rows: Rows, places: Sequence[int]) -> None:
    """Overwrite the vectors of the rows at these positions, and wait until that is on the disk."""
    record = rows.records.dtype
    nothing = bytes(record.itemsize - record["number"].itemsize)  # the number comes last
    with path.open("r+b") as file:
        for place in places:
            file.seek(HEADER_BYTES + place * record.itemsize)
            file.write(nothing)
        file.flush()
        os.fsync(file.fileno())


def write_rows(path: Path, rows: Rows, keep: np.ndarray) -> None:
    """Copy the rows at the positions ``keep`` (rising) into a new file, complete or not at all."""
    part = path.with_name(path.name + ".part")
    make_private_file(part)
    with part.open("wb") as file:
        file.write(_header(rows.records.dtype["codes"].shape[0]))
        for first in range(0, len(keep), 65_536):
            file.write(rows.records[keep[first : first + 65_536]].tobytes())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _dtype(dim: int) -> np.dtype[np.void]:
    import numpy as np

    return np.dtype([("codes", "i1", (dim,)), ("scale", "<f4"), ("number", "<i8")])


def _records(numbers: Sequence[int], vectors: np.ndarray) -> np.ndarray:
    import numpy as np

    records = np.empty(len(numbers), _dtype(vectors.shape[1]))
    records["codes"], records["scale"] = quantise(vectors)
    records["number"] = numbers
    return records


def _header(dim: int) -> bytes:
    return (MAGIC + dim.to_bytes(8, "little")).ljust(HEADER_BYTES, b"\0")


def _dimension(header: bytes, path: Path) -> int:
    if not header.startswith(MAGIC):
        raise RowFileError(f"{path} is not a file of vectors; {REPAIR}")
    return int.from_bytes(header[8:16], "little")
