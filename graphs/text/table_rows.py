"""Table rows as statements: each cell with the name of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence


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
