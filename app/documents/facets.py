"""Facets: which values metadata have, and how many documents each, among those that may be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby

from sqlalchemy import func, select

from app.documents.readable import DocumentRequestError, readable
from app.ingestion.load.hidden import HIDDEN_CHARS
from app.registry.overrides import GROUPS
from app.registry.registry import Registry
from app.registry.requester import Requester
from app.registry.schema import documents, facts
from tools.filters import Filters

MOST_VALUES = 50
"""Values of a key that is worth offering: with more, somebody would rather search."""

MOST_KEYS = 100
_NOT_OFFERED = ("doc_id", "uri", GROUPS, HIDDEN_CHARS)
"""Keys that name one document each, or say nothing to look for; they are told when they are named."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """``documents`` counts those that have the value."""

    value: str
    documents: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a key, the most frequent first; ``more`` counts those that are not among them."""

    key: str
    values: Sequence[FacetValue]
    more: int = 0


def facets(
    registry: Registry,
    requester: Requester,
    *,
    filters: Filters | None = None,
    keys: Sequence[str] = (),
    limit: int = MOST_VALUES,
) -> list[Facet]:
    """The keys named, or those with two to ``MOST_VALUES`` values, each with ``limit`` values at most.

    Only documents count that may be read and that the filters leave.

    Raises:
        FilterError: a filter is not understood. DocumentRequestError: too many keys or values.
    """
    if not 1 <= limit <= 1000 or len(keys) > MOST_KEYS:
        raise DocumentRequestError(f"1 to 1000 values of {MOST_KEYS} keys at most can be asked for")
    chosen = select(documents.c.doc_id).where(*readable(registry.engine, requester, filters))
    count = func.count().label("documents")
    wanted = facts.c.key.in_(list(keys)) if keys else facts.c.key.not_in(_NOT_OFFERED)
    query = select(facts.c.key, facts.c.value, count).where(facts.c.doc_id.in_(chosen), wanted)
    query = query.group_by(facts.c.key, facts.c.value).order_by(facts.c.key, facts.c.value)
    found: list[Facet] = []
    # One walk along the index of values, of which no more is held than is told.
    with registry.engine.connect() as connection:
        for key, rows in groupby(connection.execute(query), lambda row: row.key):
            facet = _facet(key, (FacetValue(row.value, row.documents) for row in rows), limit)
            size = len(facet.values) + facet.more
            if keys or 2 <= size <= MOST_VALUES:
                found.append(facet)
    order = list(keys)
    return sorted(found, key=lambda one: order.index(one.key))[:MOST_KEYS] if keys else found[:MOST_KEYS]


def _facet(key: str, values: Iterable[FacetValue], limit: int) -> Facet:
    """The most frequent values, and how many more there are."""
    size = 0

    def counted() -> Iterator[FacetValue]:
        nonlocal size
        for value in values:
            size += 1
            yield value

    most = nsmallest(limit, counted(), key=lambda one: (-one.documents, one.value))
    return Facet(key, most, size - len(most))
