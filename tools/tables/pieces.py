"""Expressions of a query as they are put together: what is run, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tools.exact_arithmetic import AmountUnit
from tools.scoped_search import RequestError

Kind = Literal["number", "date", "text", "truth"]
Node = Mapping[str, Any]


class QueryError(RequestError):
    """A query that cannot be run; one line, for the model that wrote it."""


class NoSuchColumnError(QueryError):
    """It names no column: the columns are to be shown."""


@dataclass(frozen=True, slots=True)
class SqlPiece:
    """An expression: what is run, what is shown, and which columns it is of."""

    sql: str
    shown: str
    kind: Kind
    columns: frozenset[int] = frozenset()
    unit: AmountUnit | None = None
    function: str = ""
    """Of an aggregate by itself."""
    aggregated: bool = False
    column: int | None = None
    """The column that it is, where it is nothing else."""
    literal: str | None = None


def column_name(name: str) -> str:
    """A column as it is written in a query and shown."""
    return '"' + name.replace('"', '""') + '"'


def unit_of(mark: str, left: AmountUnit | None, right: AmountUnit | None) -> AmountUnit | None:
    same = (left.name if left else "") == (right.name if right else "")
    if mark in "+-" and same:
        return left
    if mark == "/" and (same or right is None):
        return None if same else left
    if mark == "*" and (left is None or right is None):
        return left or right
    raise QueryError("the units of these columns do not go together; compute reckons with units")


def called(
    name: str,
    of: SqlPiece,
    unit: AmountUnit | None,
    kind: Kind = "number",
    before: str = "",
    more: str = "",
    aggregate: str = "",
) -> SqlPiece:
    return SqlPiece(
        f"{name}({before}{of.sql}{more})",
        f"{name}({before}{of.shown}{more})",
        kind,
        of.columns,
        unit,
        function=aggregate if of.column is not None and not before else "",
        aggregated=of.aggregated or bool(aggregate),
    )


def joined(
    between: str,
    parts: Sequence[SqlPiece],
    kind: Kind,
    brackets: bool = False,
    unit: AmountUnit | None = None,
) -> SqlPiece:
    sql, shown = between.join(one.sql for one in parts), between.join(one.shown for one in parts)
    return SqlPiece(
        f"({sql})" if brackets else sql,
        f"({shown})" if brackets else shown,
        kind,
        frozenset(column for one in parts for column in one.columns),
        unit,
        aggregated=any(one.aggregated for one in parts),
    )


def wrapped(before: str, of: SqlPiece, after: str) -> SqlPiece:
    return SqlPiece(
        f"({before}{of.sql}{after})",
        f"{before}{of.shown}{after}",
        "truth",
        of.columns,
        aggregated=of.aggregated,
    )


def all_truths(parts: Sequence[SqlPiece]) -> None:
    if any(one.kind != "truth" for one in parts):
        raise QueryError("AND, OR and NOT join conditions")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def whole_number(node: Node | None) -> int | None:
    """A whole number of at most nine digits; None for anything else."""
    if node is None or node["class"] != "CONSTANT" or node["literal"]["kind"] != "INTEGER":
        return None
    text = str(node["literal"]["text"])
    return int(text) if len(text) < 10 and text.isdecimal() else None
