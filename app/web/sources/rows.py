"""Rows of ``Name: value; Name: value``, as tables and records are written, as a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.sources.part import SourcePart, lit

MOST_COLUMNS = 40

_NAME = re.compile(r"(?:^|(?<=; ))([^;\n]{1,120}?): ")

TABLE = Markup('<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>')
TABLE_END = Markup("</table></div>")


@dataclass(frozen=True, slots=True)
class _Cell:
    """``text[begin:end]`` below the column ``name``, which is its ``turn``-th of that name in the row."""

    name: str
    turn: int
    begin: int
    end: int


def rows_table(part: SourcePart, lines: Sequence[tuple[int, int]]) -> Markup | None:
    """A table of these lines, a row each; None where they do not make one.

    A name is written once, above its column, so that it cannot be lit: values are.
    """
    rows = [_cells(part.text, begin, end) for begin, end in lines]
    columns = _columns(rows)
    if not 2 <= len(columns) <= MOST_COLUMNS:
        return None
    body = Markup("").join(_row(part, cells, columns) for cells in rows)
    return Markup("{}<thead><tr>{}</tr></thead><tbody>{}</tbody>{}").format(
        TABLE, Markup("").join(_head(name) for name, _ in columns), body, TABLE_END
    )


def _cells(text: str, begin: int, end: int) -> list[_Cell]:
    line = text[begin:end]
    names = list(_NAME.finditer(line))
    cells: list[_Cell] = []
    if not names or names[0].start() > 0:
        # What a row is about may have no name; a line of its own has none at all.
        stop = names[0].start() - len("; ") if names else len(line)
        cells.append(_Cell("", 0, begin, begin + stop))
    for number, found in enumerate(names):
        stop = names[number + 1].start() - len("; ") if number + 1 < len(names) else len(line)
        turn = sum(one.name == found[1] for one in cells)
        cells.append(_Cell(found[1], turn, begin + found.end(), begin + max(stop, found.end())))
    return cells


def _columns(rows: Sequence[Sequence[_Cell]]) -> list[tuple[str, int]]:
    """(name, turn) in an order that agrees with each row's, as far as there is one."""
    columns: list[tuple[str, int]] = []
    for cells in rows:
        place = 0
        for cell in cells if len(cells) > 1 else [one for one in cells if one.name]:
            column = (cell.name, cell.turn)
            if column in columns:
                place = columns.index(column) + 1
            else:
                columns.insert(place, column)
                place += 1
        if len(columns) > MOST_COLUMNS:
            break
    return columns


def _head(name: str) -> Markup:
    return Markup('<th scope="col" dir="auto">{}</th>').format(name) if name else Markup("<td></td>")


def _row(part: SourcePart, cells: Sequence[_Cell], columns: Sequence[tuple[str, int]]) -> Markup:
    if len(cells) == 1 and not cells[0].name:
        words = lit(part, cells[0].begin, cells[0].end)
        return Markup('<tr{}><td colspan="{}" dir="auto">{}</td></tr>').format(
            _lit_row(words), len(columns), words
        )
    found = {(one.name, one.turn): one for one in cells}
    shown = [
        lit(part, one.begin, one.end) if (one := found.get(column)) is not None else Markup("")
        for column in columns
    ]
    body = Markup("").join(Markup('<td dir="auto">{}</td>').format(words) for words in shown)
    return Markup("<tr{}>{}</tr>").format(_lit_row(Markup("").join(shown)), body)


def _lit_row(words: Markup) -> Markup:
    return Markup(' class="lit"') if "<mark>" in words else Markup("")
