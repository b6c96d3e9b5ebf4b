"""Tables for queries: numbers and dates in their cells as the checks of answers read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from graphs.text.dates import dates
from graphs.text.quantities import Quantity, quantities
from graphs.text.tables import TextTable, tables
from tools.exact_arithmetic import AmountUnit
from tools.tables.queried_table import (
    ColumnKind,
    QueriedTable,
    TableCell,
    TableColumn,
    TablePlace,
    TableReader,
)

_ALL_NAMED = ("text/csv", "text/tab-separated-values")
"""Media types whose loader names every cell."""
_EMPHASIS = "*_` "
_KEPT_ZERO = re.compile(r"0\d")
"""Begins a code: a number has no zero before its other digits."""


def table_reader() -> TableReader:
    """The reader that ``tools.query_table`` takes."""
    return TableReader(_places, _table, stated_value, stated_numbers)


def _places(text: str, media_type: str) -> list[TablePlace]:
    return [
        TablePlace(one.lines[0][0], one.lines[-1][1], len(one.rows), len(one.columns))
        for one in tables(text, all_named=media_type in _ALL_NAMED)
    ]


def _table(text: str, media_type: str, number: int) -> QueriedTable:
    # What its cells state is read of the one that is asked, not of all.
    return _typed(text, tables(text, all_named=media_type in _ALL_NAMED)[number])


def stated_value(words: str) -> Fraction | date | None:
    """The number, amount or whole date that the words are, and nothing beside it.

    >>> stated_value("1,250.50 EUR"), stated_value("2026-03-01"), stated_value("Team 5"), stated_value("007")
    (Fraction(2501, 2), datetime.date(2026, 3, 1), None, None)
    """
    day = _date(words)
    if day is not None:
        return day
    found = _quantity(words)
    return found.value if found is not None else None


def stated_numbers(text: str) -> frozenset[Fraction]:
    """The numbers a text states, those of its dates too."""
    found = {one.value for one in quantities(text) if one.value is not None}
    for day in dates(text):
        found |= {Fraction(part) for part in (day.year, day.month, day.day) if part}
    return frozenset(found)


def _typed(text: str, table: TextTable) -> QueriedTable:
    written = [
        [text[cell.start : cell.end] if cell is not None else "" for cell in row] for row in table.rows
    ]
    columns = [
        _column(name, [row[at] for row in written if row[at]]) for at, name in enumerate(table.columns)
    ]
    rows = [
        [
            TableCell(cell.start, cell.end, words, _value(words, column.kind)) if cell is not None else None
            for cell, words, column in zip(row, line, columns, strict=True)
        ]
        for row, line in zip(table.rows, written, strict=True)
    ]
    return QueriedTable(columns, rows, table.lines, table.title, table.unread)


def _column(name: str, cells: Sequence[str]) -> TableColumn:
    """Of numbers where every cell with a digit is one, all of one unit: "n/a" among them is none."""
    with_digits = [cell for cell in cells if any(map(str.isdigit, cell))]
    if not with_digits:
        return TableColumn(name, "text")
    if all(_date(cell) is not None for cell in with_digits):
        return TableColumn(name, "date")
    numbers = [_quantity(cell) for cell in with_digits]
    units = {one.unit.name if one.unit is not None else "" for one in numbers if one is not None}
    if None in numbers or len(units) != 1:
        return TableColumn(name, "text")
    unit = numbers[0].unit if numbers[0] is not None else None
    return TableColumn(name, "number", AmountUnit(unit.name, unit.of, unit.size) if unit else None)


def _value(words: str, kind: ColumnKind) -> Fraction | date | None:
    if kind == "date":
        return _date(words)
    found = _quantity(words) if kind == "number" else None
    return found.value if found is not None else None


def _date(words: str) -> date | None:
    bare = words.strip(_EMPHASIS)
    found = dates(bare)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(bare)):
        return None
    (one,) = found
    if not (one.year and one.month and one.day) or one.either_order:
        return None
    try:
        return date(one.year, one.month, one.day)
    except ValueError:
        return None


def _quantity(words: str) -> Quantity | None:
    bare = words.strip(_EMPHASIS)
    if _KEPT_ZERO.match(bare):
        return None
    found = quantities(bare)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(bare)):
        return None
    (one,) = found
    return one if one.value is not None and not one.about and not one.bound else None
