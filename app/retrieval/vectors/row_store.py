"""The store ``rows``: one file of small integers that every question reads from end to end.

A scan costs about 40 ns a row, whatever the filter, and nothing is missed
(docs/decisions/0005-exact-search-up-to-a-size.md).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.vectors.row_file import Rows, RowWriter, erase_rows, open_rows, write_rows
from app.retrieval.vectors.store import Allowed, Nearest, StorePlace

if TYPE_CHECKING:
    import numpy as np

_MANY_GONE = 1000


class RowStore:
    """Safe for threads: what is read is of one moment, and nobody changes it.

    The file is ``SPACE.EPOCH.rows``. It is never cut or written anew in its place, since readers have it
    mapped: the next epoch is a new file, and the newest file counts.
    """

    def __init__(self, place: StorePlace) -> None:
        self._first = place.folder / f"{place.space}.0.rows"
        self._lock = threading.Lock()
        self._opened: tuple[Path, Rows] | None = None
        self._inode = 0
        self._writer: RowWriter | None = None
        self._last = 0

    def upsert(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        if not numbers:
            return
        with self._lock:
            path = self._newest()
            if path is None:
                path = self._first
            elif numbers[0] <= self._last:
                # Written anew from numbers that were given out: readers may have the old ones mapped.
                rows = open_rows(path, self._last)
                if rows is not None and len(rows) and rows.numbers[-1] >= numbers[0]:
                    path = self._following(path)
            if self._writer is None or self._writer.path != path:
                self._writer = RowWriter(path)
            self._writer.append(numbers, vectors)

    def delete(self, numbers: Sequence[int]) -> None:
        with self._lock:
            opened = self._current()
            if opened is None or not numbers:
                return
            path, rows = opened
            # Its own rows of a moment ago, too, of which readers do not know yet.
            everything = open_rows(path, max(self._last, *numbers), rows if len(rows) else None) or rows
            erase_rows(path, everything, everything.places(numbers).tolist())

    def nearest(self, vector: np.ndarray, k: int, allowed: Allowed) -> Nearest:
        rows = self._rows()
        return rows.nearest(vector, k, allowed.of(rows.numbers))

    def cosines(self, vector: np.ndarray, numbers: Sequence[int]) -> dict[int, float]:
        return self._rows().cosines(vector, numbers)

    def numbers(self, among: Sequence[int] | None = None) -> set[int]:
        import numpy as np

        rows = self._rows()
        kept = rows.kept()
        if among is not None:
            kept = np.intersect1d(kept, rows.places(among))
        return set(rows.numbers[kept].tolist())

    def count(self) -> int:
        """How many vectors there are."""
        return len(self._rows().kept())

    def refresh(self, last: int, *, anew: bool) -> None:
        del anew  # the file is looked at each time
        with self._lock:
            self._last = last
            self._current()

    def end_writing(self) -> None:
        """Write the file anew, without the rows that were erased, where these are over a third."""
        with self._lock:
            self._writer = None
            opened = self._current()
            if opened is None:
                return
            path, rows = opened
            kept = rows.kept()
            gone = len(rows) - len(kept)
            if gone >= _MANY_GONE and gone * 3 >= len(rows):
                write_rows(self._following(path), rows, kept)
                self._opened = None
            newest = self._newest()
            for old in self._files(".rows", ".rows.part"):
                if old != newest:
                    old.unlink(missing_ok=True)

    def close(self) -> None:
        with self._lock:
            self._opened = self._writer = None

    def _rows(self) -> Rows:
        with self._lock:
            if self._opened is None:
                self._current()
            return self._opened[1] if self._opened is not None else Rows.none()

    def _current(self) -> tuple[Path, Rows] | None:
        """The newest file and its rows up to the last number; those known already are not read again."""
        path = self._newest()
        if path is None:
            self._opened = None
            return None
        inode = path.stat().st_ino
        known = self._opened[1] if self._opened is not None and len(self._opened[1]) else None
        if known is not None and self._opened is not None and (self._opened[0], self._inode) != (path, inode):
            known = None
        rows = open_rows(path, self._last, known)
        self._opened, self._inode = (path, rows) if rows is not None else None, inode
        return self._opened

    def _newest(self) -> Path | None:
        """Of two files one was just copied from the other, and its writer killed before it took that away."""
        return max(self._files(".rows"), key=_age, default=None)

    def _files(self, *endings: str) -> list[Path]:
        folder, name = self._first.parent, self._first.name.removesuffix(".0.rows")
        form = re.compile(rf"{re.escape(name)}\.\d+(?:{'|'.join(map(re.escape, endings))})")
        if not folder.is_dir():
            return []
        return [path for path in folder.iterdir() if form.fullmatch(path.name)]

    def _following(self, path: Path) -> Path:
        return path.with_name(f"{self._first.name.removesuffix('.0.rows')}.{_epoch(path) + 1}.rows")


def _age(path: Path) -> tuple[int, int]:
    try:
        return path.stat().st_mtime_ns, _epoch(path)
    except FileNotFoundError:  # a writer has just taken it away
        return 0, 0


def _epoch(path: Path) -> int:
    return int(path.name.removesuffix(".rows").rpartition(".")[2])
