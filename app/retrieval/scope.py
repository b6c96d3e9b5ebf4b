"""Who is asking and which documents they narrowed the question to, as conditions for both indexes.

Access is part of the query, never of the prompt, and only ever a positive match: a document without
readers would be readable by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists

from app.ingestion.schema import EVERYONE, documents, facts, readers
from tools.scoped_search import RequestError

READERS_KEY = "readers"
FACT_PREFIX = "fact:"


class FilterError(RequestError):
    """A filter that cannot be applied; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``readers``: at least one must be among a document's. ``facts``: each key must match any value."""

    readers: tuple[str, ...] = (EVERYONE,)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def make_scope(groups: Iterable[str] = (), filters: Mapping[str, Any] | None = None) -> Scope:
    """Turn groups and metadata filters into a scope.

    >>> make_scope(["hr"], {"version": 2.4}).facts
    {'version': ('2.4',)}

    Raises:
        FilterError: a value is not a string, number, truth value or list of these.
    """
    chosen = {str(key): fact_values(str(key), value) for key, value in (filters or {}).items()}
    return Scope((EVERYONE, *sorted({str(group) for group in groups} - {EVERYONE})), chosen)


def fact_values(key: str, value: Any) -> tuple[str, ...]:
    """A metadata value as the strings it is stored and compared as."""
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, str | int | float):
        return (str(value),)
    if isinstance(value, list | tuple) and value:
        return tuple(item for one in value for item in fact_values(key, one))
    raise FilterError(f"filter {key!r} must be text, a number, true/false or a list of these")


def vector_where(scope: Scope) -> dict[str, Any]:
    """The scope as a Chroma ``where`` document. Positive conditions only: ``$ne`` and ``$nin`` also match
    records that lack the key."""
    parts = [_any(READERS_KEY, scope.readers)]
    parts += [_any(FACT_PREFIX + key, values) for key, values in scope.facts.items()]
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _any(key: str, values: tuple[str, ...]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{key: {"$contains": value}} for value in values]
    return parts[0] if len(parts) == 1 else {"$or": parts}


def document_conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """The scope as conditions on ``documents`` rows."""
    conditions: list[ColumnElement[bool]] = [
        exists().where(readers.c.doc_id == documents.c.doc_id, readers.c.reader.in_(scope.readers))
    ]
    for key, values in scope.facts.items():
        conditions.append(
            exists().where(
                facts.c.doc_id == documents.c.doc_id, facts.c.key == key, facts.c.value.in_(values)
            )
        )
    return conditions
