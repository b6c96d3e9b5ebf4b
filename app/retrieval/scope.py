"""Who is asking and which documents they narrowed the question to, as conditions for both indexes.

Access is part of the query, never of the prompt, and only ever a positive match: a document without
readers would be readable by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists

from app.errors import PinciteError
from app.registry.schema import EVERYONE, documents, facts, readers
from tools.scoped_search import RequestError


class FilterError(PinciteError, RequestError):
    """A filter that cannot be applied; the message says which and why."""

    code = "filter"
    status = 422


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
        conditions.append(
            exists().where(
                facts.c.doc_id == documents.c.doc_id, facts.c.key == key, facts.c.value.in_(values)
            )
        )
    return conditions
