"""Table rows as statements: each cell with the name of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphs.text.visible import visible

_YEAR = re.compile(r"\D*(?:19|20)\d\d\D*")


def cells(row: str) -> list[str]:
    """The cells of a row between pipes (Markdown) or tabs; none where it has neither.

    >>> cells("| Team | 49 EUR |"), cells("Plan: Team")
    (['Team', '49 EUR'], [])
    """
    bare = row.strip()
    if bare.startswith("|"):
        return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare.strip("|"))]
    return [cell.strip() for cell in bare.split("\t")] if "\t" in bare else []


def record(row: str, header: Sequence[str]) -> str:
    """The row with its column's names; as it is where the header has another number of cells.

    >>> record("| Team | 49 EUR |", ["Plan", "Price"])
    'Plan: Team; Price: 49 EUR'
    """
    values = cells(row)
    if not values or len(values) != len(header):
        return row
    pairs = zip(header, values, strict=True)
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def is_part_of(claim: str, row: str) -> bool:
    """Whether the claim is some of a record's cells, each with its column's name, or all without the names.

    >>> is_part_of("Plan: Team; Price: 49 EUR", "Plan: Team; Users: 5; Price: 49 EUR")
    True
    >>> is_part_of("Plan: Team; Price: 5", "Plan: Team; Users: 5; Price: 49 EUR")
    False
    """
    stated = [visible(pair) for pair in row.split(";")]
    values = [word for pair in row.split(";") for word in visible(pair.partition(":")[2])]
    if list(visible(claim)) == values:
        return bool(values)
    said = [visible(pair) for pair in claim.split(";")]
    return len(said) > 1 and all(pair in stated for pair in said)


def states_cells(claim: str, row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Whether the claim's parts, between semicolons, are cells of ``row``, each as it is or after names that
    stand over it in the rows ``above``: cells of its own column, and labels of groups in the first.

    >>> above = [["", "2018", "2019"], ["Europe", "", ""]]
    >>> states_cells("Europe: Sales; 2019: 12 EUR", ["Sales", "11 EUR", "12 EUR"], above)
    True
    >>> states_cells("Europe: Sales; 2018: 12 EUR", ["Sales", "11 EUR", "12 EUR"], above)
    False
    """
    parts = [visible(part) for part in claim.split(";")]
    return bool(row) and all(
        part and any(_is_cell(part, j, row, above) for j in range(len(row))) for part in parts
    )


def _is_cell(part: tuple[str, ...], column: int, row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    own = visible(row[column])
    if not own or part[len(part) - len(own) :] != own:
        return False
    left = part[: len(part) - len(own)]
    if not left:
        return True
    groups = [line[0] for line in above if line and line[0] and not any(line[1:])]
    names = [line[column] for line in above if column and column < len(line)]
    names += [line[0] for line in above if line and _is_head(line)]
    known = sorted(filter(None, map(visible, {*names, *groups})), key=len, reverse=True)
    said: list[tuple[str, ...]] = []
    while left and (name := next((one for one in known if left[: len(one)] == one), None)):
        known.remove(name)
        said.append(name)
        left = left[len(name) :]
    # An outer group may be named beside the nearest, never in its place.
    outer = [name for name in said if name in map(visible, groups[:-1])]
    return not left and (not outer or visible(groups[-1]) in said or visible(groups[-1]) == own)


def _is_head(line: Sequence[str]) -> bool:
    """Whether the row names columns: its other cells are words or years."""
    return any(line[1:]) and all(
        not any(c.isdigit() for c in cell) or _YEAR.fullmatch(cell) for cell in line[1:]
    )
