"""What words of a text state, for a calculation: read by the same reader that checks the answer's numbers."""

from __future__ import annotations

import re
from datetime import date

from graphs.text.dates import dates
from graphs.text.quantities import Quantity, quantities
from graphs.text.sentences import units
from tools.compute import StatedValue
from tools.exact_arithmetic import Amount, AmountUnit, Value


def read_stated(words: str, text: str) -> StatedValue | None:
    """The value that ``words`` state where they stand in ``text``, with its sentence; None where they do not
    stand there as one whole number, amount or date.

    The unit is the text's, also where the words leave it out.

    >>> read_stated("40", "A ticket costs 40 EUR. A dog pays 140 EUR.").value.unit.of
    'EUR'
    >>> read_stated("40 EUR", "A dog pays 140 EUR.") is None
    True
    """
    parts = words.split()
    if not parts:
        return None
    for match in re.finditer(r"\s+".join(map(re.escape, parts)), text):
        found = _value(text, match.start(), match.end())
        if found is not None:
            value, begin, stop = found
            stated = " ".join(text[begin:stop].split())
            return StatedValue(value, stated, *_sentence(text, match.start()))
    return None


def _value(text: str, start: int, end: int) -> tuple[Value, int, int] | None:
    """What is stated there, and from where to where."""
    found = [one for one in dates(text) if one.start < end and start < one.end]
    if found:
        one = found[0]
        whole = one.year and one.month and one.day and not one.either_order
        if len(found) > 1 or not whole or not start <= one.start < one.end <= end:
            return None
        try:
            return date(one.year or 0, one.month or 0, one.day or 0), one.start, one.end
        except ValueError:
            return None
    within = [one for one in quantities(text) if one.start < end and start < one.end]
    if len(within) != 1:
        return None
    (stated,) = within
    if stated.value is None or not _is_all_of(text[start:end], stated, start):
        return None
    unit = stated.unit
    amount = Amount(stated.value, AmountUnit(unit.name, unit.of, unit.size) if unit is not None else None)
    return amount, stated.start, max(stated.end, end)


def _is_all_of(words: str, stated: Quantity, start: int) -> bool:
    """Whether the words hold all of the number: they may leave out its unit, never one of its digits."""
    own = [one for one in quantities(words) if one.value is not None]
    # Of a currency or a sign before it, the words may leave out the first but not the second.
    return len(own) == 1 and own[0].value == stated.value and stated.start <= start + own[0].start


def _sentence(text: str, at: int) -> tuple[int, int]:
    for unit in units(text):
        if unit.start <= at < unit.end:
            return unit.start, unit.end
    return at, len(text)
