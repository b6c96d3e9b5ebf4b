"""Who is asking and which documents they narrowed the question to, as conditions for both indexes.

Access is part of the query, never of the prompt, and only ever a positive match: a document without
readers would be readable by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, func, select

from app.errors import PinciteError
from app.registry.schema import EVERYONE, documents, facts, readers
from tools.filter_values import Bound, in_bound
from tools.filters import FilterCondition, Filters, UnreadableFilterError, as_mapping, conditions_of
from tools.scoped_search import RequestError


class FilterError(PinciteError, RequestError):
    """A filter that cannot be applied; the message says which and why."""

    code = "filter"
    status = 422


_FEW = 20
MOST_MATCHES = 50_000
"""Values of one key that a range may match."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``readers``: at least one must be among a document's. ``facts``: each key must match any value.

    ``ranges`` are keys that are compared: their facts are none, and match nothing, until ``resolved``.
    """

    readers: tuple[str, ...] = (EVERYONE,)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[FilterCondition, ...]] = field(default_factory=dict)


def make_scope(groups: Iterable[str] = (), filters: Filters | None = None) -> Scope:
    """Turn groups and metadata filters into a scope.

    >>> make_scope(["hr"], {"version": 2.4}).facts
    {'version': ('2.4',)}

    Raises:
        FilterError: a filter is not understood, or there are too many (``tools.filters``).
    """
    try:
        conditions = conditions_of(filters)
    except UnreadableFilterError as error:
        raise FilterError(str(error)) from None
    chosen: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, tuple[FilterCondition, ...]] = {}
    for one in conditions:
        if one.operator == "in" and one.key not in ranges:
            chosen[one.key] = one.values
            continue
        if one.key not in ranges and one.key in chosen:
            ranges[one.key] = (FilterCondition(one.key, "in", chosen[one.key]),)
        ranges[one.key] = (*ranges.get(one.key, ()), one)
        chosen[one.key] = ()
    return Scope((EVERYONE, *sorted({str(group) for group in groups} - {EVERYONE})), chosen, ranges)


def checked_filters(filters: Filters | None) -> dict[str, Any]:
    """Filters as a mapping, for the graph's state. Raises ``FilterError``, before anything is searched."""
    try:
        return as_mapping(filters)
    except UnreadableFilterError as error:
        raise FilterError(str(error)) from None


def resolved(engine: Engine, scope: Scope) -> Scope:
    """The scope with the values that documents have in its ranges: both indexes then match the very same.

    A document is in a range where one of its values meets all that is asked of the key.

    Raises:
        FilterError: a range matches more than ``MOST_MATCHES`` values.
    """
    if not scope.ranges:
        return scope
    found = dict(scope.facts)
    with engine.connect() as connection:
        for key, conditions in scope.ranges.items():
            query = select(facts.c.value).where(facts.c.key == key).distinct().order_by(facts.c.value)
            meets = [_meets(one) for one in conditions]
            found[key] = tuple(
                value for value in connection.scalars(query) if all(meet(value) for meet in meets)
            )
            if len(found[key]) > MOST_MATCHES:
                raise FilterError(
                    f"filter {key!r} matches more than {MOST_MATCHES} values; give a narrower one"
                )
    return replace(scope, facts=found, ranges={})


def _meets(condition: FilterCondition) -> Callable[[str], bool]:
    if condition.operator == "in":
        return frozenset(condition.values).__contains__
    return in_bound(Bound(condition.key, condition.operator, condition.values[0]))


def reader_term(reader: str) -> str:
    """A reader as the full-text index holds it."""
    return f"reader:{reader}"


def fact_term(key: str, value: str) -> str:
    """A fact as the full-text index holds it; the length keeps key and value apart."""
    return f"fact:{len(key)}:{key}:{value}"


def scope_terms(readers: Iterable[str], facts: Mapping[str, Iterable[str]]) -> list[str]:
    """All terms of one document.

    >>> scope_terms(["hr"], {"version": ["2.4"]})
    ['reader:hr', 'fact:7:version:2.4']
    """
    found = [reader_term(reader) for reader in readers]
    return found + [fact_term(key, value) for key, values in facts.items() for value in values]


def document_conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """The scope as conditions on ``documents`` rows."""
    conditions: list[ColumnElement[bool]] = [
        exists().where(readers.c.doc_id == documents.c.doc_id, readers.c.reader.in_(scope.readers))
    ]
    for key, values in scope.facts.items():
        if len(values) <= _FEW:
            of_it = (facts.c.doc_id == documents.c.doc_id, facts.c.key == key)
            conditions.append(exists().where(*of_it, facts.c.value.in_(values)))
            continue
        # One parameter, since SQLite takes some thousands at most; and asked once, not of each document.
        listed = select(func.json_each(json.dumps(values)).table_valued("value").c.value)
        having = select(facts.c.doc_id).where(facts.c.key == key, facts.c.value.in_(listed))
        conditions.append(documents.c.doc_id.in_(having))
    return conditions
