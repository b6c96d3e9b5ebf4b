"""Which passage numbers a scope allows: truth values, read from the registry and kept up to date.

What a passage number stands for never changes: a document that is changed gets new numbers, and the old
ones are retired. So what is known about a reader or a fact stays true, and only newer numbers are asked
for. A number that is not known to be allowed is not.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from app.retrieval.scope import Scope
from app.retrieval.vectors.store import Allowed

if TYPE_CHECKING:
    import numpy as np

_KEPT_BYTES = 64_000_000
_FEW = 20_000
_MOST_TERMS = 50
"""Values of one key that are asked for one by one, each kept for other scopes; more are asked for at once."""

# CROSS JOIN keeps SQLite from turning the order around: from the value to its passages the first time, and
# from the few new passages to their values afterwards. Numbers come as one text: as rows they take longer.
_READERS = text(
    "SELECT group_concat(p.id) FROM readers t CROSS JOIN passages p ON p.doc_id = t.doc_id "
    "WHERE t.reader = :value AND p.id > :seen AND p.id <= :last"
)
_NEW_READERS = text(
    "SELECT group_concat(p.id) FROM passages p CROSS JOIN readers t ON t.doc_id = p.doc_id "
    "AND t.reader = :value WHERE p.id > :seen AND p.id <= :last"
)
_FACTS = text(
    "SELECT group_concat(p.id) FROM facts t CROSS JOIN passages p ON p.doc_id = t.doc_id "
    "WHERE t.key = :key AND t.value = :value AND p.id > :seen AND p.id <= :last"
)
_NEW_FACTS = text(
    "SELECT group_concat(p.id) FROM passages p CROSS JOIN facts t ON t.doc_id = p.doc_id AND t.key = :key "
    "AND t.value = :value WHERE p.id > :seen AND p.id <= :last"
)
_MANY_FACTS = text(
    "SELECT group_concat(p.id) FROM facts t CROSS JOIN passages p ON p.doc_id = t.doc_id WHERE t.key = :key "
    "AND t.value IN (SELECT value FROM json_each(:value)) AND p.id > :seen AND p.id <= :last"
)
_RETIRED = text("SELECT seq, number FROM retired WHERE seq > :seen ORDER BY seq")
_COUNT = text("SELECT count(*) FROM passages")

Term = tuple[str | None, str | tuple[str, ...]]
"""(None, reader), (key, value) or (key, many values)."""


@dataclass(slots=True)
class _Known:
    """The numbers (rising) a term allows among those up to ``seen``."""

    numbers: np.ndarray
    seen: int


class AllowedNumbers:
    """Not safe for threads: the owner holds a lock. What it hands out does not change and may be shared."""

    def __init__(self) -> None:
        self._terms: OrderedDict[Term, _Known] = OrderedDict()
        self._scopes: OrderedDict[tuple[object, ...], Allowed] = OrderedDict()
        self._alive: np.ndarray | None = None
        self._retired = 0
        self._last = 0
        self._total = 0

    def forget(self) -> None:
        """Start over: the notes of retired numbers were cleared."""
        self._terms.clear()
        self._scopes.clear()
        self._alive, self._retired, self._last, self._total = None, 0, 0, 0

    def advance(self, connection: Connection, last: int) -> None:
        """Take in that passages up to ``last`` were added and others retired."""
        import numpy as np

        self._scopes.clear()
        self._last = max(self._last, last)  # it falls when the newest passage is removed
        alive = np.ones(self._last + 1, np.bool_)
        if self._alive is not None:
            alive[: len(self._alive)] = self._alive
        gone = connection.execute(_RETIRED, {"seen": self._retired}).all()
        if gone:
            self._retired = gone[-1].seq
            numbers = np.array([row.number for row in gone], np.int64)
            alive[numbers[numbers <= self._last]] = False
        self._alive = alive
        self._total = int(connection.scalar(_COUNT) or 0)

    def allowed(self, connection: Connection, scope: Scope) -> Allowed:
        """What the scope allows of the passages ``advance`` was last called with."""
        import numpy as np

        key = (scope.readers, *sorted(scope.facts.items()))
        known = self._scopes.get(key)
        if known is not None:
            self._scopes.move_to_end(key)
            return known
        conditions: list[list[Term]] = [[(None, reader) for reader in scope.readers]]
        for name, values in scope.facts.items():
            many = len(values) > _MOST_TERMS
            conditions.append([(name, tuple(values))] if many else [(name, value) for value in values])
        mask = np.zeros(self._last + 1, np.bool_) if self._alive is None else self._alive.copy()
        for terms in conditions:
            either = np.zeros(self._last + 1, np.bool_)
            for term in terms:
                either[self._term(connection, term)] = True
            mask &= either
        found = self._scopes[key] = Allowed(mask, int(np.count_nonzero(mask)), self._total)
        while len(self._scopes) > 1 and len(self._scopes) * mask.nbytes > _KEPT_BYTES:
            self._scopes.popitem(last=False)
        return found

    def _term(self, connection: Connection, term: Term) -> np.ndarray:
        import numpy as np

        known = self._terms.pop(term, None) or _Known(np.empty(0, np.int64), 0)
        if known.seen < self._last:
            key, value = term
            few = self._last - known.seen < _FEW
            query = (_NEW_READERS if few else _READERS) if key is None else (_NEW_FACTS if few else _FACTS)
            if not isinstance(value, str):
                query, value = _MANY_FACTS, json.dumps(value)
            values = {"key": key, "value": value, "seen": known.seen, "last": self._last}
            if key is None:
                del values["key"]
            found = np.fromstring(connection.scalar(query, values) or "", np.int64, sep=",")
            found.sort()
            known = _Known(np.concatenate([known.numbers, found]), self._last)
        self._terms[term] = known
        self._drop_oldest_terms()
        return known.numbers

    def _drop_oldest_terms(self) -> None:
        kept = sum(known.numbers.nbytes for known in self._terms.values())
        while len(self._terms) > 1 and (kept > _KEPT_BYTES or len(self._terms) > 1000):
            _, oldest = self._terms.popitem(last=False)
            kept -= oldest.numbers.nbytes
