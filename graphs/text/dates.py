"""Dates in a text, whatever their spelling, so that ``1 March 2026`` is found as ``2026-03-01``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from graphs.text.words import all_words

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\b\.?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_WRITTEN = (
    re.compile(
        r"\b(?P<year>1[5-9]\d\d|20\d\d)[-/.](?P<month>0[1-9]|1[0-2])(?:[-/.](?P<day>0[1-9]|[12]\d|3[01]))?\b(?![-./:]\d)"
    ),
    re.compile(rf"\b{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?\b", re.I),
    re.compile(rf"\b{_MONTH} {_DAY}\b(?!\.?\d)(?:,? {_YEAR})?", re.I),
    re.compile(rf"\b{_MONTH},? {_YEAR}\b", re.I),
    re.compile(rf"\b(?P<day>\d{{1,2}})[./](?P<month>\d{{1,2}})[./]{_YEAR}\b"),
)


_DIGIT = re.compile(r"\d")
_IN_DIGITS = re.compile(r"\d[-/.]\d")
_MONTH_BEGINS = tuple(dict.fromkeys(name[:3] for name in _MONTHS))


@dataclass(frozen=True, slots=True)
class Date:
    """What a text says of a date; None where it leaves a part out."""

    year: int | None
    month: int | None
    day: int | None
    text: str
    start: int
    end: int
    either_order: bool = False
    """``03/04/2026`` may be the third of April or the fourth of March."""

    def stated_by(self, other: Date) -> bool:
        """Whether ``other`` says all that this one says; it may say more.

        >>> first, second = list(dates("March 2026 or 1 March 2026"))
        >>> first.stated_by(second), second.stated_by(first)
        (True, False)
        """
        forms = [(other.year, other.month, other.day)]
        if other.either_order:
            forms.append((other.year, other.day, other.month))
        mine = [(self.year, self.month, self.day)]
        if self.either_order:
            mine.append((self.year, self.day, self.month))
        return any(
            all(own is None or own == their for own, their in zip(one, form, strict=True))
            for one in mine
            for form in forms
        )


@lru_cache(maxsize=2048)
def dates(text: str) -> tuple[Date, ...]:
    """The dates in ``text``, from left to right, the longest reading of each.

    >>> [(found.year, found.month, found.day) for found in dates("From 2026-03-01 to 5th of May, 2027.")]
    [(2026, 3, 1), (2027, 5, 5)]
    """
    if not _DIGIT.search(text):
        return ()
    found: list[Date] = []
    taken = bytearray(len(text))
    for pattern in _may_be_written(text):
        for match in pattern.finditer(text):
            date = _date(match)
            if date and not any(taken[date.start : date.end]):
                taken[date.start : date.end] = b"\1" * (date.end - date.start)
                found.append(date)
    return tuple(sorted(found, key=lambda date: date.start))


def _may_be_written(text: str) -> list[re.Pattern[str]]:
    """The ways to write a date that a quick look at the text does not rule out."""
    in_digits = _IN_DIGITS.search(text) is not None
    if text.isascii() and "'" not in text:
        in_words = not _MONTHS.keys().isdisjoint(all_words(text))
    else:
        # To a pattern that ignores case, the long s is an s.
        lower = text.lower().replace("ſ", "s")
        in_words = any(month in lower for month in _MONTH_BEGINS)
    first, *middle, last = _WRITTEN
    return [*([first] if in_digits else ()), *(middle if in_words else ()), *([last] if in_digits else ())]


def _date(match: re.Match[str]) -> Date | None:
    parts = match.groupdict()
    named = parts["month"].lower().replace("ſ", "s")
    month = _MONTHS.get(named) or int(named)
    day = int(parts["day"]) if parts.get("day") else None
    year = int(parts["year"]) if parts.get("year") else None
    if named == "may" and year is None and not parts["month"][0].isupper():
        # "2 may apply"
        return None
    numeric = not parts["month"].isalpha() and match.re is _WRITTEN[-1]
    if numeric and month > 12 and day is not None and day <= 12:
        day, month = month, day
    if month > 12 or (day is not None and day > 31):
        return None
    either = numeric and day is not None and day <= 12 and day != month
    return Date(year, month, day, match.group(), match.start(), match.end(), either)
