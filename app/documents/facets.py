"""Facets: which values metadata have, and how many documents each, among those that may be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    within = facts.c.doc_id.in_(chosen)
    sized = select(facts.c.key, func.count(facts.c.value.distinct()).label("size")).where(within)
    wanted = facts.c.key.in_(list(keys)) if keys else facts.c.key.not_in(_NOT_OFFERED)
    sized = sized.where(wanted)
    with registry.engine.connect() as connection:
        sizes = {row.key: row.size for row in connection.execute(sized.group_by(facts.c.key)).all()}
        offered = [key for key in sizes if keys or 2 <= sizes[key] <= MOST_VALUES]
        offered = sorted(offered, key=lambda key: (keys.index(key) if keys else 0, key))[:MOST_KEYS]
        found: list[Facet] = []
        for key in offered:
            query = select(facts.c.value, count).where(within, facts.c.key == key).group_by(facts.c.value)
            rows = connection.execute(query.order_by(count.desc(), facts.c.value).limit(limit)).all()
            values = [FacetValue(row.value, row.documents) for row in rows]
            found.append(Facet(key, values, sizes[key] - len(values)))
    return found
