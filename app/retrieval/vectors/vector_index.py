"""Vectors of passages: a row file is searched exactly, and Chroma approximately where that takes too long.

An exact search costs about 40 ns a row, whatever the filter. Chroma's filter costs over 1 µs a row, and its
graph is loaded anew whenever another process has written. So the row file answers, and Chroma only where
more rows may be read than ``exact_rows`` (docs/decisions/0005-exact-search-up-to-a-size.md).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from langchain_core.embeddings import Embeddings
from sqlalchemy import Engine, select

from app.registry.schema import documents, passages
from app.retrieval.scope import Scope, document_conditions
from app.retrieval.vectors.chroma_store import ChromaStore
from app.retrieval.vectors.vector_rows import VectorRows

if TYPE_CHECKING:
    import numpy as np


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

    def __init__(
        self,
        folder: Path,
        tenant: str,
        embeddings: Embeddings,
        fingerprint: str,
        engine: Engine,
        exact_rows: int,
    ) -> None:
        self._embeddings = embeddings
        self._engine = engine
        self._exact_rows = exact_rows
        self._chroma = ChromaStore(folder / "chroma", f"{tenant}-{fingerprint}")
        self._rows = VectorRows(folder / "rows", fingerprint, engine)
        self._lock = threading.Lock()

    def add(self, first_number: int, ids: Sequence[str], texts: Sequence[str]) -> None:
        """Embed and write passages, numbered in the registry from ``first_number``."""
        if not ids:
            return
        vectors = _unit(self._embeddings.embed_documents(list(texts)))
        with self._lock:
            self._chroma.upsert(ids, vectors)
            self._rows.append(first_number, vectors)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors from Chroma; ids that are not there are passed over. A row ends with its passage."""
        with self._lock:
            self._chroma.delete(ids)

    def search(self, question: str, k: int, scope: Scope, also: Sequence[str] = ()) -> Nearby:
        """The ``k`` nearest passages in scope, nearest first; then those of ``also`` that are not among them.

        ``also`` names passages that were found otherwise, in this scope, and whose cosine is wanted.

        Raises:
            RowFileError: the row file is missing or is not one.
        """
        vector = _unit([self._embeddings.embed_query(question)])[0]
        with self._lock:
            rows, allowed = self._rows.allowed(scope)
        count = int(allowed.sum())
        mean: float | None
        if count <= self._exact_rows:
            # Outside the lock: rows and truth values are of one moment, and nobody changes them.
            near, mean = rows.nearest(vector, k, allowed)
            names = self._names([number for number, _ in near], also)
            hits = [VectorHit(names[number], cosine) for number, cosine in near if number in names]
        else:
            more = math.ceil(k * 1.2 * len(rows) / count)
            with self._lock:
                found = self._chroma.nearest(vector, more, self._rows.generation())
            hits, mean = self._in_scope(found, scope)[:k], None
            names = self._names([], also) if also else {}
        known = {hit.passage_id for hit in hits}
        others = rows.cosines(vector, [number for number, name in names.items() if name not in known])
        return Nearby(hits + [VectorHit(names[number], cosine) for number, cosine in others.items()], mean)

    def ids(self) -> list[str]:
        """The passages Chroma has vectors of; for checks."""
        with self._lock:
            return self._chroma.ids(self._rows.generation())

    def row_ids(self) -> list[str]:
        """The passages that have a row; for checks."""
        with self._lock:
            numbers = self._rows.numbers()
        query = select(passages.c.id, passages.c.passage_id)
        with self._engine.connect() as connection:
            return [row.passage_id for row in connection.execute(query) if row.id in numbers]

    def begin_writing(self) -> None:
        """Open Chroma anew: a client that another process has overtaken loses vectors when it writes."""
        with self._lock:
            self._chroma.close()
            self._rows.begin_writing()

    def end_writing(self) -> None:
        with self._lock:
            self._rows.end_writing()

    def close(self) -> None:
        with self._lock:
            self._chroma.close()
            self._rows.close()

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

    def _in_scope(self, found: Sequence[tuple[str, float]], scope: Scope) -> list[VectorHit]:
        query = (
            select(passages.c.passage_id)
            .join(documents, documents.c.doc_id == passages.c.doc_id)
            .where(passages.c.passage_id.in_([name for name, _ in found]), *document_conditions(scope))
        )
        with self._engine.connect() as connection:
            allowed = set(connection.scalars(query))
        return [VectorHit(name, cosine) for name, cosine in found if name in allowed]


def _unit(vectors: Sequence[Sequence[float]]) -> np.ndarray:
    """Rows of float32, each of length 1 (a row of zeros stays as it is)."""
    import numpy as np

    array = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    unit: np.ndarray = array / np.maximum(lengths, np.float32(1e-12))
    return unit
