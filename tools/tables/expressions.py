"""Expressions of a model's query, read from the parser's tree: what is not named here does not exist.

A text must stand in the table, a number there or in the question, for both are part of what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from tools.tables.pieces import (
    Kind,
    Node,
    NoSuchColumnError,
    QueryError,
    SqlPiece,
    all_truths,
    called,
    column_name,
    joined,
    quoted,
    unit_of,
    whole_number,
    wrapped,
)
from tools.tables.queried_table import QueriedTable, TableReader

TABLE = "t"
"""What a query calls the table."""

_PLAIN_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_COMPARISONS = {
    "COMPARE_EQUAL": "=",
    "COMPARE_NOTEQUAL": "<>",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_LESSTHAN": "<",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
    "COMPARE_LESSTHANOREQUALTO": "<=",
}
_LIKE = {"~~": "LIKE", "~~*": "ILIKE", "!~~": "NOT LIKE", "!~~*": "NOT ILIKE"}
_AGGREGATES = ("count", "sum", "avg", "mean", "median", "min", "max")
_OF_DATES = ("year", "month", "day")
_OF_TEXT = ("lower", "upper", "trim")
_TESTS = ("contains", "starts_with")
FUNCTIONS = (*_AGGREGATES, "round", "abs", *_OF_DATES, *_OF_TEXT, *_TESTS)


@dataclass
class ExpressionReader:
    """Reads the expressions of one query of a table."""

    table: QueriedTable
    reader: TableReader
    question: str
    names: dict[str, Node] = field(default_factory=dict)
    """What is selected, by the names that the query gives it."""

    def piece(self, node: Node, free: bool = False) -> SqlPiece:
        """An expression. ``free``: in what is selected, where only numbers by definition may stand."""
        read: Mapping[str, Callable[[Node, bool], SqlPiece]] = {
            "COLUMN_REF": self._column,
            "CONSTANT": self._constant,
            "COMPARISON": self._comparison,
            "CONJUNCTION": self._conjunction,
            "OPERATOR": self._operator,
            "BETWEEN": self._between,
            "FUNCTION": self._function,
            "CAST": self._cast,
        }
        if node["class"] not in read:
            raise QueryError(
                f"a query may not use {str(node['class']).lower().replace('_', ' ')} expressions"
            )
        return read[node["class"]](node, free)

    def _column(self, node: Node, free: bool) -> SqlPiece:
        names = node["column_names"]
        if len(names) == 2 and names[0].casefold() == TABLE:
            names = names[1:]
        at = self.index(names[0]) if len(names) == 1 else None
        if at is not None:
            return self.column_at(at)
        if len(names) == 1 and (known := self.names.get(names[0].casefold())) is not None:
            return self.piece(known, True)
        raise NoSuchColumnError("the query names a column that the table does not have")

    def column_at(self, at: int) -> SqlPiece:
        column = self.table.columns[at]
        shown = column_name(column.name)
        return SqlPiece(f"c{at}", shown, column.kind, frozenset({at}), column.unit, column=at)

    def index(self, name: str) -> int | None:
        folded = " ".join(name.split()).casefold()
        return next((at for at, one in enumerate(self.table.columns) if one.name.casefold() == folded), None)

    def _constant(self, node: Node, free: bool) -> SqlPiece:
        kind, text = node["literal"]["kind"], str(node["literal"]["text"])
        if kind == "STRING":
            if text.strip("%_ ") and not self._stands(text):
                raise QueryError("a text that the query compares with stands in no cell of the table")
            return SqlPiece(quoted(text), quoted(text), "text", literal=text)
        if kind not in ("INTEGER", "NUMERIC"):
            raise QueryError("a query may hold texts and numbers; ask for IS NULL in place of NULL")
        if not _PLAIN_NUMBER.fullmatch(text):  # an exponent would be written out in full
            raise QueryError("numbers are written in plain digits, 30 at most")
        value = Fraction(text)
        if free and value != 100:
            raise QueryError("what is selected may hold no number but 100: compute works out the rest")
        if not free and value not in (0, 1) and abs(value) not in self._numbers:
            raise QueryError(f"the number {text[:40]} stands neither in the table nor in the question")
        return SqlPiece(text, text, "number", literal=text)

    def _stands(self, text: str) -> bool:
        """In cells alone: what only the question says would become words that an answer may rest on."""
        parts = [part.strip().casefold() for part in text.replace("_", "%").split("%") if part.strip()]
        return all(any(part in cell for cell in self._cells) for part in parts)

    @cached_property
    def _cells(self) -> list[str]:
        return list({cell.written.casefold() for row in self.table.rows for cell in row if cell is not None})

    @cached_property
    def _numbers(self) -> frozenset[Fraction]:
        found = set(self.reader.numbers(self.question))
        for row in self.table.rows:
            for cell in row:
                if cell is not None and isinstance(cell.value, date):
                    found |= {Fraction(part) for part in (cell.value.year, cell.value.month, cell.value.day)}
                elif cell is not None and isinstance(cell.value, Fraction):
                    found.add(abs(cell.value))
        return frozenset(found)

    def _cast(self, node: Node, free: bool) -> SqlPiece:
        inner = self.piece(node["child"], free)
        if inner.literal is None or inner.kind != "text":
            raise QueryError("a query may not use CAST: columns have the type that the table shows")
        return inner

    def _comparison(self, node: Node, free: bool) -> SqlPiece:
        mark = _COMPARISONS.get(node["type"])
        if mark is None:
            raise QueryError("a query may compare with =, <>, <, <=, > and >=")
        left, right = self._alike(self.piece(node["left"]), self.piece(node["right"]))
        return joined(f" {mark} ", [left, right], "truth", brackets=True)

    def _alike(self, left: SqlPiece, right: SqlPiece) -> tuple[SqlPiece, SqlPiece]:
        """Both sides of one kind: a text beside a number or a date is read as one."""
        if left.kind == right.kind:
            return left, right
        if right.literal is not None and right.kind == "text":
            return left, self._as(right, left.kind)
        if left.literal is not None and left.kind == "text":
            return self._as(left, right.kind), right
        raise QueryError(f"a {left.kind} is compared with a {right.kind}")

    def _as(self, one: SqlPiece, kind: Kind) -> SqlPiece:
        value = self.reader.value(one.literal or "")
        if kind == "date" and isinstance(value, date):
            return SqlPiece(f"DATE '{value.isoformat()}'", one.shown, "date", literal=one.literal)
        if kind == "number" and isinstance(value, Fraction):
            return SqlPiece(f"({value.numerator}::DECIMAL(38,0) / {value.denominator})", one.shown, "number")
        raise QueryError(f"a {kind} is compared with a text that states none")

    def _conjunction(self, node: Node, free: bool) -> SqlPiece:
        word = {"CONJUNCTION_AND": " AND ", "CONJUNCTION_OR": " OR "}[node["type"]]
        parts = [self.piece(one) for one in node["children"]]
        all_truths(parts)
        return joined(word, parts, "truth", brackets=True)

    def _operator(self, node: Node, free: bool) -> SqlPiece:
        parts = [self.piece(one) for one in node["children"]]
        kind = node["type"]
        if kind == "OPERATOR_NOT":
            all_truths(parts)
            return wrapped("NOT ", parts[0], "")
        if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            return wrapped("", parts[0], " IS NULL" if kind == "OPERATOR_IS_NULL" else " IS NOT NULL")
        if kind in ("COMPARE_IN", "COMPARE_NOT_IN"):
            first = parts[0]
            rest = joined(", ", [self._alike(first, one)[1] for one in parts[1:]], "truth", brackets=True)
            return joined(" IN " if kind == "COMPARE_IN" else " NOT IN ", [first, rest], "truth")
        raise QueryError(f"a query may not use {kind.lower().replace('_', ' ')}")

    def _between(self, node: Node, free: bool) -> SqlPiece:
        of = self.piece(node["input"])
        low, high = (self._alike(of, self.piece(node[name]))[1] for name in ("lower", "upper"))
        return joined(" BETWEEN ", [of, joined(" AND ", [low, high], "truth")], "truth", brackets=True)

    def _function(self, node: Node, free: bool) -> SqlPiece:
        name = str(node["function_name"]).lower()
        if node["filter"] or node["order_bys"]["orders"] or node["export_state"]:
            raise QueryError("functions are called in their plain form, without FILTER or ORDER BY")
        if len(node["qualified_name"]["path"]) != 1 or any(one["name"] for one in node["arguments"]):
            raise QueryError("functions are called by their names alone")
        given = [one["expression"] for one in node["arguments"]]
        if name == "count_star" and not given:
            return SqlPiece("count(*)", "count(*)", "number", function="count", aggregated=True)
        if name in ("+", "-", "*", "/") and 1 <= len(given) <= 2:
            return self._arithmetic(name, [self.piece(one, free) for one in given])
        if name == "round" and len(given) == 2:
            digits = whole_number(given[1])
            if digits is None or not 0 <= digits <= 10:
                raise QueryError("round(x, n) takes 0 to 10 digits")
            of = self._of_kind(self.piece(given[0], free), "number", name)
            return called("round", of, of.unit, more=f", {digits}")
        if name in _LIKE or name in _TESTS:
            texts = [self._of_kind(self.piece(one), "text", name) for one in given]
            if len(texts) != 2:
                raise QueryError(f"{name} takes two texts")
            if name in _LIKE:
                return joined(f" {_LIKE[name]} ", texts, "truth", brackets=True)
            inner = joined(", ", texts, "truth", brackets=True)
            return SqlPiece(f"{name}{inner.sql}", f"{name}{inner.shown}", "truth", inner.columns)
        if len(given) != 1 or name not in FUNCTIONS:
            raise QueryError(f"a query may call {', '.join(FUNCTIONS)} and count(*)")
        return self._of_one(name, self.piece(given[0], free), bool(node["distinct"]))

    def _of_one(self, name: str, of: SqlPiece, distinct: bool) -> SqlPiece:
        if name in _AGGREGATES:
            if of.aggregated:
                raise QueryError("an aggregate is of columns, not of an aggregate")
            if name in ("sum", "avg", "mean", "median"):
                self._of_kind(of, "number", name)
            name = "avg" if name == "mean" else name
            unit = None if name == "count" else of.unit
            kind: Kind = "number" if name == "count" else of.kind
            return called(name, of, unit, kind, "DISTINCT " if distinct else "", aggregate=name)
        if distinct:
            raise QueryError("DISTINCT goes with aggregates")
        if name in _OF_DATES:
            return called(name, self._of_kind(of, "date", name), None, "number")
        if name in _OF_TEXT:
            return called(name, self._of_kind(of, "text", name), None, "text")
        return called(name, self._of_kind(of, "number", name), of.unit)

    def _of_kind(self, piece: SqlPiece, kind: Kind, name: str) -> SqlPiece:
        if piece.kind != kind:
            raise QueryError(f"{name if name.isidentifier() else 'LIKE'} takes a {kind}, not a {piece.kind}")
        return piece

    def _arithmetic(self, mark: str, parts: Sequence[SqlPiece]) -> SqlPiece:
        for one in parts:
            self._of_kind(one, "number", "arithmetic")
        if len(parts) == 1:
            return SqlPiece(f"({mark}{parts[0].sql})", f"{mark}{parts[0].shown}", "number", parts[0].columns,
                         parts[0].unit, aggregated=parts[0].aggregated)  # fmt: skip
        units = [one.unit for one in parts]
        unit = unit_of(mark, units[0], units[1])
        return joined(f" {mark} ", parts, "number", brackets=True, unit=unit)
