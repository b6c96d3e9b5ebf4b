"""Vectors of passages: embedded, written to the store the settings name, searched under the asker's scope."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from langchain_core.embeddings import Embeddings
from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from app.registry.schema import passages, retired, state
from app.retrieval.embedding.arrays import embed_array, embed_query_array, unit
from app.retrieval.scope import Scope
from app.retrieval.vectors.allowed_numbers import AllowedNumbers
from app.retrieval.vectors.choose import NamedStore, folder_of
from app.retrieval.vectors.make_anew import is_all_of, newest_number, write_all
from app.retrieval.vectors.store import Allowed, VectorStoreError

logger = logging.getLogger(__name__)

BUILT_WITH = "vector_store"
"""Where the vectors are, in the registry's state; empty while they are moved."""
_AT_FIRST = "rows"
"""Where they are in an index of old, which says nothing; its Chroma had them too."""
_EPOCH = "rows_epoch"
"""Grows when the notes of retired numbers are cleared."""
_MANY_GONE = 1000
_STATE = text(
    f"SELECT key, value FROM state WHERE key IN ('generation', '{_EPOCH}', '{BUILT_WITH}')"  # noqa: S608
)


class VectorsElsewhereError(VectorStoreError):
    """The vectors are in another store than the settings name."""

    code = "vectors-elsewhere"


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A passage and the cosine of its vector with the question's, -1 to 1."""

    passage_id: str
    cosine: float


class Nearby(NamedTuple):
    """Hits, nearest first; the mean cosine of all passages in scope, None where not all were compared."""

    hits: list[VectorHit]
    mean: float | None


class VectorIndex:
    """The vectors of one tenant and vector space. Safe for threads; one process writes at a time."""

    def __init__(self, named: NamedStore, embeddings: Embeddings, fingerprint: str, engine: Engine) -> None:
        self._named = named
        self._store = named.store
        self._embeddings = embeddings
        self._fingerprint = fingerprint
        self._engine = engine
        self._allowed = AllowedNumbers()
        self._lock = threading.Lock()
        self._moment: tuple[str, str] | None = None
        self._writing = False
        self._settled: int | None = None
        self._written = 0

    def add(self, first_number: int, texts: Sequence[str]) -> None:
        """Embed and write passages, numbered in the registry from ``first_number``."""
        if not texts:
            return
        vectors = unit(embed_array(self._embeddings, texts))
        numbers = range(first_number, first_number + len(texts))
        self._written = max(self._written, numbers[-1])
        self._store.upsert(numbers, vectors)

    def settle(self, *, interrupted: bool) -> None:
        """Delete vectors of passages that are gone: those retired, or written in vain, since the last time.

        Where this was not called since writing began and a writer may have been ``interrupted``, all vectors
        that no passage has.
        """
        with self._engine.connect() as connection:
            last = _last(connection)
            upto = int(connection.scalar(select(func.max(retired.c.seq))) or 0)
            self._store.refresh(last, anew=not self._writing)
            if self._settled is not None:
                gone = set(connection.scalars(select(retired.c.number).where(retired.c.seq > self._settled)))
                gone.update(range(last + 1, self._written + 1))
            elif interrupted:
                gone = self._store.numbers() - set(connection.scalars(select(passages.c.id)))
            else:
                gone = set()
        if gone:
            self._store.delete(sorted(gone))
        self._settled, self._written = upto, 0

    def search(self, question: str, k: int, scope: Scope, also: Sequence[str] = ()) -> Nearby:
        """The ``k`` nearest passages in scope, nearest first; then those of ``also`` that are not among them.

        ``also`` names passages that were found otherwise, in this scope, and whose cosine is wanted.

        Raises:
            VectorsElsewhereError: the vectors are in another store.
            VectorStoreError: the store has lost the vectors, or cannot be used.
        """
        vector = unit(embed_query_array(self._embeddings, question)[None])[0]
        moment, allowed = self._now(scope)
        near, mean = self._store.nearest(vector, k, allowed)
        if not near and k and allowed.count:
            again, allowed = self._now(scope)
            if again == moment:  # else what was allowed may have been removed just now
                raise self._lost()
            near, mean = self._store.nearest(vector, k, allowed)
        names = self._names([number for number, _ in near], also)
        hits = [VectorHit(names[number], cosine) for number, cosine in near if number in names]
        known = {hit.passage_id for hit in hits}
        others = [number for number, name in names.items() if name not in known]
        cosines = self._store.cosines(vector, others) if others else {}
        return Nearby(hits + [VectorHit(names[number], cosine) for number, cosine in cosines.items()], mean)

    @property
    def label(self) -> str:
        """The store of the settings, as an index notes it down."""
        return self._named.label

    def check_place(self) -> None:
        """See that the vectors are in the store of the settings, without asking it.

        Raises:
            VectorsElsewhereError: they are not.
        """
        with self._engine.connect() as connection:
            self._checked_state(connection)

    def ids(self) -> list[str]:
        """The passages that have a vector; for checks.

        Raises:
            VectorsElsewhereError: the vectors are in another store.
            VectorStoreError: there are passages of this vector space, and no vectors.
        """
        with self._lock, self._engine.connect() as connection:
            self._refresh(connection)
        numbers = self._store.numbers()
        query = select(passages.c.id, passages.c.passage_id)
        with self._engine.connect() as connection:
            found = [row.passage_id for row in connection.execute(query) if row.id in numbers]
            if not found and newest_number(connection, self._fingerprint) is not None:
                raise self._lost()
        return found

    def strays(self) -> int:
        """How many vectors there are that no passage has; for checks."""
        with self._lock, self._engine.connect() as connection:
            self._refresh(connection)
            known = set(connection.scalars(select(passages.c.id)))
            if BUILT_WITH not in _state(connection):
                known.update(connection.scalars(select(retired.c.number)))  # as in ``begin_writing``
            return len(self._store.numbers() - known)

    def begin_writing(self) -> None:
        """Get ready to write; where the store lacks the vectors, they are made anew, mostly from kept ones.

        They are lacking when the settings named another store so far, or when the store's files are lost.
        """
        self._writing, self._settled, self._written = True, None, 0
        with self._engine.connect() as connection:
            found, last = _state(connection), _last(connection)
            newest = newest_number(connection, self._fingerprint)
            # An index of old: numbers that were retired still have their rows.
            old = set(connection.scalars(select(retired.c.number))) if BUILT_WITH not in found else set()
        home = self._named.home
        if BUILT_WITH not in found and "generation" in found:
            # Written by an earlier version, and kept up to date no more: it may not outlive what is removed.
            shutil.rmtree(folder_of(home, "chroma"), ignore_errors=True)
        self._store.refresh(last, anew=True)
        built = found.get(BUILT_WITH, _AT_FIRST)
        # Asked first: where the store cannot be reached, nothing changes.
        if newest is not None and (self._lacks(newest) or built != self.label):
            self._make_anew()
        elif old:
            self._store.delete(sorted(old))
        self._set_state(BUILT_WITH, self.label)
        if built and folder_of(home, built) != folder_of(home, self.label):
            shutil.rmtree(folder_of(home, built), ignore_errors=True)

    def write_anew(self) -> int:
        """Between ``begin_writing`` and ``end_writing``: write all vectors anew, mostly from kept ones.

        Those of a store in the data folder are deleted first, so that nothing of what is gone is left in its
        files. Killed meanwhile, the next ``begin_writing`` does it again. Returns how many there are.
        """
        self._set_state(BUILT_WITH, "")
        if self.is_local:
            self.drop()
        with self._engine.connect() as connection:
            last = _last(connection)
        self._store.refresh(last, anew=True)
        count = write_all(self._engine, self._fingerprint, self._embeddings, self._store)
        self.settle(interrupted=True)
        self._store.end_writing()
        self._set_state(BUILT_WITH, self.label)
        return count

    def drop(self) -> None:
        """Delete the store's files, damaged or not; ``begin_writing`` makes them anew."""
        self._set_state(BUILT_WITH, "")
        self._store.close()
        if " " not in self.label:
            shutil.rmtree(self.folder, ignore_errors=True)

    def count(self) -> int | None:
        """How many vectors a store in the data folder has; None where it does not tell."""
        counted = getattr(self._store, "count", None)
        if counted is None or " " in self.label:
            return None
        try:
            with self._lock, self._engine.connect() as connection:
                self._refresh(connection)
            return int(counted())
        except VectorsElsewhereError:
            return None
        except Exception:  # whatever a store says of damage; the search says it too
            return 0

    @property
    def folder(self) -> Path:
        """Where a store in the data folder keeps its files."""
        return folder_of(self._named.home, self.label)

    @property
    def is_local(self) -> bool:
        """Whether the vectors are in files of the data folder, where these can be looked into."""
        return " " not in self.label and self.folder.is_dir()

    def end_writing(self) -> None:
        """Tidy up the store, and clear the notes of retired numbers where these are many."""
        with self._engine.begin() as connection:
            last = _last(connection)
            gone = int(connection.scalar(select(func.count()).select_from(retired)) or 0)
            there = int(connection.scalar(select(func.count()).select_from(passages)) or 0)
            if gone >= _MANY_GONE and gone * 3 >= there:
                epoch = int(_state(connection).get(_EPOCH, "0")) + 1
                connection.execute(delete(retired))
                _write_state(connection, _EPOCH, str(epoch))
        self._store.refresh(last, anew=False)
        self._store.end_writing()

    def stop_writing(self) -> None:
        """However the writing ended, from now on other processes may write."""
        self._writing, self._settled, self._written = False, None, 0

    def close(self) -> None:
        with self._lock:
            self._store.close()
            self._allowed.forget()
            self._moment = None

    def _now(self, scope: Scope) -> tuple[tuple[str, str], Allowed]:
        with self._lock, self._engine.connect() as connection:
            return self._refresh(connection), self._allowed.allowed(connection, scope)

    def _refresh(self, connection: Connection) -> tuple[str, str]:
        """Take in what was written since; which generations of the registry and of its notes these are."""
        found = self._checked_state(connection)
        moment = (found.get("generation", "0"), found.get(_EPOCH, "0"))
        if moment != self._moment:
            if self._moment is None or self._moment[1] != moment[1]:
                self._allowed.forget()
            last = _last(connection)
            self._allowed.advance(connection, last)
            self._store.refresh(last, anew=not self._writing)
            self._moment = moment
        return moment

    def _checked_state(self, connection: Connection) -> dict[str, str]:
        found = _state(connection)
        built = found.get(BUILT_WITH, _AT_FIRST if "generation" in found else self.label)
        if built != self.label:
            raise self._elsewhere(built)
        return found

    def _lacks(self, newest: int) -> bool:
        """Whether the store has lost vectors, as far as is told cheaply."""
        if not self._store.numbers([newest]):
            return True
        counted = getattr(self._store, "count", None)
        with self._engine.connect() as connection:
            wanted = int(connection.scalar(select(func.count()).select_from(passages)) or 0)
            whole = is_all_of(connection, self._fingerprint)
        return counted is not None and whole and int(counted()) < wanted

    def _make_anew(self) -> None:
        self._set_state(BUILT_WITH, "")  # readers search by words meanwhile
        count = write_all(self._engine, self._fingerprint, self._embeddings, self._store)
        self.settle(interrupted=True)
        logger.warning("the vectors of %d passages were written to the vector store %s", count, self.label)

    def _set_state(self, key: str, value: str) -> None:
        with self._engine.begin() as connection:
            if _state(connection).get(key) != value:
                _write_state(connection, key, value)

    def _names(self, numbers: Sequence[int], also: Sequence[str]) -> dict[int, str]:
        """The names of these numbers, and of the passages of these names, by number."""
        # Written out: SQLAlchemy takes longer to build an IN of a hundred numbers than SQLite to answer it.
        written, marks = ",".join(map(str, numbers)), ",".join("?" * len(also))
        query = (
            f"SELECT id, passage_id FROM passages WHERE id IN ({written}) "  # noqa: S608
            f"UNION SELECT id, passage_id FROM passages WHERE passage_id IN ({marks})"
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql(query, tuple(also))}

    def _lost(self) -> VectorStoreError:
        return VectorStoreError(
            f"the vectors are missing from the vector store {self.label}; run: pincite rebuild"
        )

    def _elsewhere(self, built: str) -> VectorsElsewhereError:
        if not built:
            return VectorsElsewhereError(
                f"the vectors are being moved to the vector store {self.label}; if that was interrupted, run "
                "pincite add or sync again"
            )
        return VectorsElsewhereError(
            f"the vectors are in the vector store {built}, and the settings name {self.label}; run pincite "
            "add or sync, and they are moved"
        )


def _state(connection: Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.execute(_STATE)}


def _write_state(connection: Connection, key: str, value: str) -> None:
    connection.execute(insert(state).prefix_with("OR REPLACE").values(key=key, value=value))


def _last(connection: Connection) -> int:
    """The highest number of a passage."""
    return int(connection.scalar(select(func.max(passages.c.id))) or 0)
