"""Whether two rows of tables give one cell of one thing two values."""

from __future__ import annotations

from graphs.text.quantities import Quantity, quantities
from graphs.text.remembered import remembered
from graphs.text.visible import visible

Cell = tuple[str, ...]


def other_value(mine: str, other: str) -> tuple[tuple[str, str], tuple[Quantity, Quantity]] | None:
    """The one value in which two rows with the same label differ, of all the columns that both have: in
    words, and as quantities.

    Rows as records, "Column: value; …"; the first cell is the row's label. Rows that differ in more are of
    two things: the same months of two plants.

    >>> (other_value("Year: 2022; Ducks: 170", "2022; Ducks: 175; Geese: 3") or [()])[0]
    ('170', '175')
    >>> other_value("Year: 2022; Ducks: 170", "Year: 2024; Ducks: 175")
    >>> other_value("2022; Ducks: 170; Geese: 3", "2022; Ducks: 175; Geese: 9")
    """
    one, two = _read(mine), _read(other)
    if one is None or two is None or one[0] != two[0]:
        return None
    theirs = two[1]
    apart = [name for name, (_, seen) in one[1].items() if name in theirs and theirs[name][1] != seen]
    if len(apart) != 1:
        return None
    cells = one[1][apart[0]][0], theirs[apart[0]][0]
    found = [quantities(cell) for cell in cells]
    if any(len(values) != 1 for values in found):
        return None
    said = [cell[values[0].start : values[0].end] for cell, values in zip(cells, found, strict=True)]
    return (said[0], said[1]), (found[0][0], found[1][0])


@remembered(texts=1024)
def _read(row: str) -> tuple[Cell, dict[Cell, tuple[str, Cell]]] | None:
    """The label's words and the named cells, each as it is written and as it is seen; None where nothing but
    the label is named. Each row of a table is held against each of another."""
    first, *rest = [part.strip() for part in row.split("; ")]
    label = visible(first.partition(": ")[2] or first)
    named = {
        visible(name): (value, visible(value))
        for name, colon, value in (part.partition(": ") for part in rest)
        if colon
    }
    return (label, named) if label and named else None
