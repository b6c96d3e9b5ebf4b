"""Table rows as statements: each cell with the name of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphs.citing.words import words


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
    stated = [words(pair) for pair in row.split(";")]
    values = [word for pair in row.split(";") for word in words(pair.partition(":")[2])]
    if words(claim) == values:
        return bool(values)
    said = [words(pair) for pair in claim.split(";")]
    return len(said) > 1 and all(pair in stated for pair in said)
