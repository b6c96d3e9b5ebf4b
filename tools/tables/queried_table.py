"""A table of a stored document as it is queried: typed columns, and cells that know where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from tools.exact_arithmetic import AmountUnit

ColumnKind = Literal["number", "date", "text"]


@dataclass(frozen=True, slots=True)
class TableCell:
    """``canonical[start:end]`` as ``written``; ``value``: what it states in a column of numbers or dates."""

    start: int
    end: int
    written: str
    value: Fraction | date | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``unit``: that of all its numbers."""

    name: str
    kind: ColumnKind
    unit: AmountUnit | None = None


@dataclass(frozen=True, slots=True)
class QueriedTable:
    """``rows`` have a cell or None for each column, ``lines`` the characters that each row stands in.

    ``unread``: lines in the table that are no row of it, or could be read in two ways.
    """

    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[TableCell | None]]
    lines: Sequence[tuple[int, int]]
    title: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True)
class TablePlace:
    """``canonical[start:end]``, of so many rows and columns."""

    start: int
    end: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class TableReader:
    """How tables and values are read: as the checks of answers read them."""

    places: Callable[[str, str], Sequence[TablePlace]]
    """(canonical text, media type of its source) -> where its tables are, in order."""
    table: Callable[[str, str, int], QueriedTable]
    """… and which of them, from 0 -> that one."""
    value: Callable[[str], Fraction | date | None]
    """Words that state nothing but one number, amount or whole date -> it."""
    numbers: Callable[[str], frozenset[Fraction]]
    """The numbers that a text states."""
