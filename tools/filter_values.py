"""Values of metadata compared: versions by their parts, dates by day, numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

Comparison = Literal[">=", ">", "<=", "<"]
COMPARISONS: tuple[Comparison, ...] = (">=", "<=", ">", "<")

_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].{0,40})?)?)?", re.ASCII)
_VERSION = re.compile(
    r"[vV]?(\d{1,18}(?:\.\d{1,18}){0,19})(?:[-.]?([A-Za-z][0-9A-Za-z.-]{0,60}))?(?:\+.{0,60})?", re.ASCII
)
_POWER = re.compile(r"\d{1,18}(?:\.\d{1,18})?[eE][+-]\d{1,6}", re.ASCII)
"""How a great number is written out, 1e+308: as a version it would be a 1."""

_VERSION_KEYS = ("version", "release", "revision", "edition")
"""A key that ends so has versions: its 2.10 comes after 2.9."""

_Days = tuple[date, date]
_Parts = tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...]]
_Ordered = TypeVar("_Ordered", Decimal, _Parts)


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range: values of ``key`` must stand in ``comparison`` to ``text``."""

    key: str
    comparison: Comparison
    text: str


def is_bound(text: str) -> bool:
    """Whether something can be compared with it: a number, a date or a version."""
    return _days(text) is not None or _number(text) is not None or _parts(text) is not None


def in_bound(bound: Bound) -> Callable[[str], bool]:
    """Which values stand so to the bound.

    Under a key that ends in version, release, revision or edition all are versions. Else a bound with a
    month is a date, and one of two dots or a ``v`` a version; any other is a number, or a year for values
    that are dates. A value that cannot be read as the bound is stands in no range; a date of less than a
    day does where all its days do.

    >>> list(filter(in_bound(Bound("version", ">=", "2.9")), ["2.10", "2.9.0", "2.8", "soon"]))
    ['2.10', '2.9.0']
    >>> list(filter(in_bound(Bound("date", "<=", "2025-06")), ["2025-06-30", "2025-07-01", "2025"]))
    ['2025-06-30']
    """
    if bound.key.casefold().endswith(_VERSION_KEYS) and _parts(bound.text) is not None:
        return _by_parts(bound)
    if "-" in bound.text and (days := _days(bound.text)) is not None:
        return _by_days(bound.comparison, days)
    if (number := _number(bound.text)) is None:
        return _by_parts(bound)
    year, parts, comparison = _days(bound.text), _by_parts(bound), bound.comparison

    def stands(value: str) -> bool:
        if (other := _number(value)) is not None:
            return _compared(comparison, other, number)
        if year is not None and (days := _days(value)) is not None:
            return _in_days(comparison, days, year)
        return parts(value)

    return stands


def _by_parts(bound: Bound) -> Callable[[str], bool]:
    wanted = _parts(bound.text)

    def stands(value: str) -> bool:
        found = _parts(value)
        return found is not None and wanted is not None and _compared(bound.comparison, found, wanted)

    return stands


def _by_days(comparison: Comparison, wanted: _Days) -> Callable[[str], bool]:
    def stands(value: str) -> bool:
        days = _days(value)
        return days is not None and _in_days(comparison, days, wanted)

    return stands


def _in_days(comparison: Comparison, days: _Days, wanted: _Days) -> bool:
    if comparison == ">=":
        return days[0] >= wanted[0]
    if comparison == ">":
        return days[0] > wanted[1]
    return days[1] <= wanted[1] if comparison == "<=" else days[1] < wanted[0]


def _compared(comparison: Comparison, one: _Ordered, other: _Ordered) -> bool:
    before, same = one < other, one == other
    if comparison in (">=", "<=") and same:
        return True
    return before if comparison in ("<", "<=") else not before and not same


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _days(text: str) -> _Days | None:
    """The first and the last day of a year, a month or a day."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year is None or month is None:
            return date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)
        if day is not None:
            return date(year, month, day), date(year, month, day)
        end = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
        return date(year, month, 1), end
    except ValueError:
        return None


def _parts(text: str) -> _Parts | None:
    """The numbers without zeros at the end; then 0 for what comes before a release (2.4-rc1), 1 for one."""
    match = _VERSION.fullmatch(text)
    if match is None or _POWER.fullmatch(text):
        return None
    numbers = [int(part) for part in match[1].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    before = re.findall(r"\d{1,18}|[A-Za-z]+", match[2] or "", re.ASCII)
    words = tuple((1, int(one), "") if one.isdigit() else (0, 0, one.lower()) for one in before)
    return tuple(numbers), 0 if words else 1, words
