"""The row file of an index as the registry has it at this moment, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from app.registry.schema import passages, retired, state
from app.retrieval.scope import Scope
from app.retrieval.vectors.allowed_rows import AllowedRows
from app.retrieval.vectors.row_file import (
    REPAIR,
    RowFileError,
    Rows,
    RowWriter,
    is_there,
    open_rows,
    write_rows,
)

if TYPE_CHECKING:
    import numpy as np

EPOCH = "rows_epoch"
_MANY_GONE = 1000
_STATE = text(f"SELECT key, value FROM state WHERE key IN ('generation', '{EPOCH}')")  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was read at one generation of the registry."""

    generation: str
    epoch: str
    rows: Rows


class VectorRows:
    """Not safe for threads: the owner holds a lock. What it hands out does not change and may be shared."""

    def __init__(self, folder: Path, name: str, engine: Engine) -> None:
        self._folder = folder
        self._name = name
        self._engine = engine
        self._moment: _Moment | None = None
        self._allowed = AllowedRows()
        self._writer: RowWriter | None = None

    def allowed(self, scope: Scope) -> tuple[Rows, np.ndarray]:
        """The rows of the registry's present generation, and for each whether the scope allows it.

        Raises:
            RowFileError: there are passages but no row file, or it is not one.
        """
        with self._engine.connect() as connection:
            rows = self._current(connection)
            return rows, self._allowed.mask(connection, rows, scope)

    def numbers(self) -> set[int]:
        """The numbers of all passages that have a row; for checks."""
        with self._engine.connect() as connection:
            return set(self._current(connection).numbers.tolist())

    def generation(self) -> str:
        """The registry's present generation."""
        with self._engine.connect() as connection:
            return _state(connection)[0]

    def begin_writing(self) -> None:
        """Look for the end of the file anew: another process may have moved it."""
        self._writer = None

    def append(self, first_number: int, vectors: np.ndarray) -> None:
        """Write vectors (unit length, float32) of passages numbered from ``first_number``.

        Raises:
            RowFileError: the file of passages that are there is missing, or is not one.
        """
        if self._writer is None:
            with self._engine.connect() as connection:
                path = self._path(_state(connection)[1])
                if not is_there(path) and self._is_expected(connection):
                    # A new file would hide that the rows of all other passages are lost.
                    raise RowFileError(f"{path} is missing; {REPAIR}")
                self._writer = RowWriter(path)
        self._writer.append(range(first_number, first_number + len(vectors)), vectors)

    def end_writing(self) -> None:
        """Write the file anew, without the rows of passages that are gone, where these are over a third."""
        self._writer = None
        with self._engine.connect() as connection:
            gone = int(connection.scalar(select(func.count()).select_from(retired)) or 0)
            if gone < _MANY_GONE or not is_there(self._path(_state(connection)[1])):
                return
            rows = self._current(connection)
            if gone * 3 < len(rows):
                return
            epoch = _state(connection)[1]
        self._compact(rows, epoch)

    def close(self) -> None:
        self._moment = self._writer = None
        self._allowed.forget()

    def _compact(self, rows: Rows, epoch: str) -> None:
        import numpy as np

        with self._engine.connect() as connection:
            alive = np.fromiter(connection.scalars(select(passages.c.id)), np.int64)
        following = str(int(epoch) + 1)
        write_rows(self._path(following), rows, np.flatnonzero(np.isin(rows.numbers, alive)))
        with self._engine.begin() as connection:
            connection.execute(delete(retired))
            values = {"key": EPOCH, "value": following}
            connection.execute(insert(state).prefix_with("OR REPLACE").values(values))
        self.close()
        for old in self._folder.glob(f"{self._name}.*.rows*"):
            if old != self._path(following):
                old.unlink(missing_ok=True)

    def _current(self, connection: Connection) -> Rows:
        generation, epoch = _state(connection)
        known = self._moment
        if known is not None and (known.generation, known.epoch) == (generation, epoch):
            return known.rows
        if known is None or known.epoch != epoch:
            known = None
            self._allowed.forget()
        last = int(connection.scalar(select(func.max(passages.c.id))) or 0)
        rows = open_rows(self._path(epoch), last, known.rows if known else None)
        if rows is None:
            if _state(connection)[1] != epoch:  # written anew in this very moment
                return self._current(connection)
            if last:
                raise RowFileError(f"{self._path(epoch)} is missing; {REPAIR}")
            rows = Rows.none()
        self._allowed.advance(connection, rows)
        self._moment = _Moment(generation, epoch, rows)
        return rows

    def _is_expected(self, connection: Connection) -> bool:
        """Whether there are passages of this vector space: those of another have another file."""
        space = connection.scalar(select(state.c.value).where(state.c.key == "fingerprint"))
        return space == self._name and connection.scalar(select(passages.c.id).limit(1)) is not None

    def _path(self, epoch: str) -> Path:
        return self._folder / f"{self._name}.{epoch}.rows"


def _state(connection: Connection) -> tuple[str, str]:
    """The generation of the registry and of the row file."""
    found = {row.key: row.value for row in connection.execute(_STATE)}
    return found.get("generation", "0"), found.get(EPOCH, "0")
