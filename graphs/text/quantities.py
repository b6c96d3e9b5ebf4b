"""Quantities in a text: numbers with scale, unit and bound, to be looked for in a source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from graphs.text.dates import dates
from graphs.text.number_words import may_be_spoken, spoken
from graphs.text.remembered import remembered
from graphs.text.units_of_measure import CURRENCY_CODES, Measure, measure

Bound = Literal["", "low", "high"]
"""low: at least, more than, after. high: at most, up to, less than, within."""

_DASHES = str.maketrans("‐‑‒–—−\u00a0\u202f", "------  ")
_CODE = re.compile(r"(?<![\w.])[A-Za-z]\w*(?:-\w+)*")
"""A code where it holds a digit, which is looked for in what was found: to look ahead for one would read on
to the end of the text at each of a thousand hyphens."""
_DOTTED = re.compile(r"(?<![\w.])[vV]?\d+(?:\.\d+){2,}")
_CLOCK = re.compile(
    r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?: ?([ap])\.?m\b\.?)?(?!:?\d)"
    r"|(?<![\d.:])(1[0-2]|[1-9]) ?([ap])\.?m\b\.?",
    re.I,
)
_NUMBER = re.compile(
    r"(?P<digits>\d+(?:[.,]\d+)*)"
    r"(?P<scale>\s?(?:thousand|million|billion|trillion|mn|mio|bn|tn)\b|[kKmMB](?![\w%°]))?"
)
_BEFORE_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)])-)?(?P<currency>[€$£¥₹₽₺₴₪₩]\s?|\b(?:{'|'.join(CURRENCY_CODES)})\s)?\Z"
)
_LONGEST_BEFORE = len("-EUR ")
_MAY_STAND_BEFORE = frozenset("-€$£¥₹₽₺₴₪₩")
"""Besides blanks, the last of a sign or a currency."""
_DIGIT = re.compile(r"\d")
_CLOCK_LIKE = re.compile(r"\d(?::\d| ?[aApP]\.?[mM])")
_CODE_LIKE = re.compile(r"\d(?<=[\w-]\d)(?<=\D\d)")
"""What a time or a code has in it: quick to look for, where most texts have neither."""
SCALES = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "mio": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_UNIT = re.compile(
    r"(?:\s|-|)(?P<unit>[%‰]|°\s?[CF]\b|[€$£¥₹₽₺₴₪₩]|percentage[ -]points?|pounds? sterling"
    r"|degrees? (?:Celsius|Fahrenheit)"
    r"|(?:working|business)[ -]days?|[^\W\d_]+\b|°)"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_RATIO = re.compile(r"\s?/\s?\d")
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|ca\.?|close to)|~)\s*$",
    re.I,
)
_LOW = re.compile(
    r"(?:\b(?:at least|more than|over|above|exceed(?:s|ing)?|greater than|longer than|after"
    r"|minimum(?: of)?|no less than|no fewer than|not less than|from|older than|higher than)|[>≥])\s*$",
    re.I,
)
_HIGH = re.compile(
    r"(?:\b(?:at most|up to|less than|fewer than|under|below|no more than|not more than|within"
    r"|maximum(?: of)?|not exceed(?:ing)?|shorter than|before|until|by|lower than|no later than)|[<≤])\s*$",
    re.I,
)
_LOW_AFTER = re.compile(r"\s*(?:or (?:more|longer|older|above|over)\b|\+)", re.I)
_HIGH_AFTER = re.compile(r"\s*(?:or (?:less|fewer|shorter|below|under)\b|at (?:the )?most\b)", re.I)
_MAY_BOUND_AFTER = re.compile(r"\s*[oa+]", re.I)
_JOINED = re.compile(r"\s*(?:-|to|and|or|,)\s*$")
_SOFT = re.compile(r"\b(?:from|by|within|after|before|until)\s*$", re.I)
MOST_DIGITS = 4_000
"""Numbers with more are compared as they are written: Python reads no longer ones."""
LOOK_BACK = 18
"""Characters before a number in which a bound or "about" is looked for."""
_MAY_BOUND = tuple(
    "about around approximately approx approx. roughly nearly almost some circa ca ca. to ~ least than over"
    " above exceed exceeds exceeding after minimum of from > most under below within maximum before until by"
    " <".split()
)
"""What the patterns for words before a number end with."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text states it. ``value`` is None for codes, versions and times, which are compared by
    ``text`` alone."""

    text: str
    start: int
    end: int
    value: Fraction | None = None
    unit: Measure | None = None
    about: bool = False
    bound: Bound = ""
    firm: bool = False
    """The bound is said in words that mean nothing else: "at least", not "from"."""


@lru_cache(maxsize=2048)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in order; numbers that belong to a date are left to ``dates``.

    >>> found = quantities("1.2 billion EUR in 10-12 working days")
    >>> [(int(one.value), one.unit.name) for one in found]
    [(1200000000, 'euro'), (10, 'working-day'), (12, 'working-day')]
    """
    plain = text if text.isascii() else text.translate(_DASHES)
    taken = bytearray(len(plain))
    found = _in_digits(plain, taken) if _DIGIT.search(plain) else []
    for start, end, value in spoken(plain):
        if not any(taken[start:end]):
            found.append(_with_surroundings(plain, plain[start:end], start, end, Fraction(value)))
            _take(taken, found[-1].start, found[-1].end)
    return tuple(_shared_units(plain, sorted(found, key=lambda quantity: quantity.start)))


def may_have_numbers(text: str) -> bool:
    """Whether there can be quantities or dates in the text; quick, where there are none."""
    return _DIGIT.search(text) is not None or may_be_spoken(text)


def _take(taken: bytearray, start: int, end: int) -> None:
    """Mark these characters as read: what is one thing is not another too."""
    taken[start:end] = b"\1" * (end - start)


def _in_digits(text: str, taken: bytearray) -> list[Quantity]:
    """Times, versions, codes, then numbers, each of what those before have left."""
    for date in dates(text):
        _take(taken, date.start, date.end)
    found: list[Quantity] = []
    for match in _CLOCK.finditer(text) if _CLOCK_LIKE.search(text) else ():
        if not any(taken[match.start() : match.end()]):
            found.append(Quantity(_clock(match), match.start(), match.end()))
            _take(taken, match.start(), match.end())
    patterns = [_DOTTED] if text.count(".") > 1 else []
    patterns += [_CODE] if _CODE_LIKE.search(text) else []
    for pattern in patterns:
        for match in pattern.finditer(text):
            if _DIGIT.search(match[0]) and not any(taken[match.start() : match.end()]):
                name = match.group().lower()
                name = name[1:] if pattern is _DOTTED and name.startswith("v") else name
                found.append(Quantity(name, match.start(), match.end()))
                _take(taken, match.start(), match.end())
    last = 0
    for match in _NUMBER.finditer(text):
        if not any(taken[match.start() : match.end("digits")]):
            found.append(_quantity(text, match, last))
            _take(taken, found[-1].start, found[-1].end)
        last = match.end()
    return found


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1] or match[4])
    half = (match[3] or match[5] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour}:{match[2] or '00'}"


def _quantity(text: str, match: re.Match[str], last: int) -> Quantity:
    """The number in ``match``; a sign or currency before it begins no earlier than ``last``."""
    digits = match.start()
    if match.end() - digits > MOST_DIGITS:
        return Quantity(match.group(), digits, match.end())
    before: re.Match[str] | None = None
    if digits > last and (text[digits - 1] in _MAY_STAND_BEFORE or text[digits - 1].isspace()):
        before = _BEFORE_NUMBER.search(text, max(last, digits - _LONGEST_BEFORE), digits)
    sign, currency = before.group("sign", "currency") if before else (None, None)
    value = _value(match["digits"])
    scale = (match["scale"] or "").strip()
    end = match.end()
    if scale in ("m", "M", "B") and not currency:
        scale, end = "", match.end("digits")
    if scale:
        value *= SCALES.get(scale.lower(), 1)
    unit = measure(currency.strip()) if currency else None
    start = before.start() if before and (sign or currency) else digits
    return _with_surroundings(text, text[start:end], start, end, -value if sign else value, unit)


@lru_cache(maxsize=4096)
def _value(digits: str) -> Fraction:
    """Thousands separators removed. A comma before other than three digits is a decimal comma."""
    if digits.isdecimal():
        return Fraction(int(digits))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return Fraction(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)|\d{1,3}(?:\.\d{3}){2,}", digits):
        return Fraction(digits.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d+", digits):
        return Fraction(digits.replace(",", "."))
    try:
        return Fraction(digits)
    except ValueError:
        # A list without spaces, "3,5,8": its first number stands for it.
        return Fraction(re.split(r"[.,]", digits)[0])


def _with_surroundings(
    text: str, written: str, start: int, end: int, value: Fraction, unit: Measure | None = None
) -> Quantity:
    """With the unit that follows and the words before that bound or blur it."""
    match = _UNIT.match(text, end) if unit is None else None
    if match and not _RATIO.match(text, end):
        name = match["unit"]
        if not name.isalpha():
            name = re.sub(r"\s+", "-", name.strip()).replace("°-", "°")
        # One letter is a unit only where it is written as such: "5 V", "10 m", never "5 a day".
        if len(name) > 1 or not name.isalpha() or name in "VAWmhglsLΩ":
            unit = measure(name)
            end = match.end() if unit else end
    before = text[max(0, start - LOOK_BACK) : start]
    about = low = high = soft = False
    if not before.isascii() or before.rstrip().lower().endswith(_MAY_BOUND):
        about, low, high, soft = _bounds(before)
    if _MAY_BOUND_AFTER.match(text, end):
        low = low or bool(_LOW_AFTER.match(text, end))
        high = high or bool(_HIGH_AFTER.match(text, end))
    bound: Bound = "high" if high else "low" if low else ""
    return Quantity(written, start, end, value, unit, about, bound, bool(bound) and not soft)


@remembered(texts=1024)
def _bounds(before: str) -> tuple[bool, bool, bool, bool]:
    """Whether the words before a number blur it, or bound it below, above, or softly; many numbers of a table
    have the same before them."""
    plain = _ABOUT.sub("", before)
    found = (_ABOUT.search(before), _LOW.search(plain), _HIGH.search(plain), _SOFT.search(plain))
    about, low, high, soft = map(bool, found)
    return about, low, high, soft


def _shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """ "10 to 12 days": the first number has the second's unit."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        if first.value is not None and first.unit is None and second.unit is not None:
            between = text[first.end : second.start]
            if _JOINED.fullmatch(between) and len(between) <= 5:
                found[index] = replace(first, unit=second.unit)
    return found


Fit = Literal["same", "rounded", "unit", "bound", "loose", "missing"]
"""How well a source states a claim's quantity. loose: a bound was added or left out; rounded: the claim
rounds without saying so; unit, bound: the source says something else."""

_ORDER: list[Fit] = ["same", "loose", "rounded", "bound", "unit", "missing"]


def fit(claimed: Quantity, stated: Iterable[Quantity]) -> Fit:
    """The best fit among a source's quantities.

    >>> source = quantities("1,204,332 EUR within 14 days")
    >>> claims = ("about 1.2 million EUR", "1.2 million EUR", "14 hours")
    >>> [fit(quantities(claim)[0], source) for claim in claims]
    ['same', 'rounded', 'unit']
    """
    best: Fit = "missing"
    for one in stated:
        found = _fit(claimed, one)
        if found == "same":
            return found
        if found != "missing" and _ORDER.index(found) < _ORDER.index(best):
            best = found
    return best


def _fit(claimed: Quantity, stated: Quantity) -> Fit:
    value, held = claimed.value, stated.value
    if value is None or held is None:
        return "same" if value is held and claimed.text == stated.text else "missing"
    mine, theirs = value.as_integer_ratio(), held.as_integer_ratio()
    unit, other = claimed.unit, stated.unit
    if unit and other and unit is not other:
        if unit.of != other.of:
            return "unit" if mine == theirs else "missing"
        if unit.size != other.size:
            if mine == theirs:
                return "unit"
            mine, theirs = (value * unit.size).as_integer_ratio(), (held * other.size).as_integer_ratio()
    if mine != theirs:
        return _rounded_fit(claimed, stated) if _may_round(claimed, mine, theirs) else "missing"
    if claimed.bound == stated.bound:
        return "same"
    if claimed.bound and stated.bound:
        return "bound"
    # "in 14 days" for "within 14 days" says little else; "at least" added or dropped does.
    return "loose" if claimed.firm or stated.firm else "same"


def _may_round(claimed: Quantity, mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """Whether the second fraction may become the first when it is rounded."""
    if not claimed.about and significant_digits(claimed.text) < 2:
        return False
    least, most, under = rounded_from(*mine, significant_digits(claimed.text))
    return least * theirs[1] <= theirs[0] * under <= most * theirs[1]


@lru_cache(maxsize=4096)
def significant_digits(written: str) -> int:
    """How many digits a number is written with, zeros at its ends left out; at least 1."""
    match = _DIGITS.search(written)
    return len(re.sub(r"\D", "", match.group() if match else "").strip("0")) or 1


@lru_cache(maxsize=4096)
def rounded_from(over: int, under: int, digits: int) -> tuple[int, int, int]:
    """Numbers outside do not become ``over / under`` when rounded to so many digits: the least and the most
    times a third number, and that number."""
    # A number that is rounded has no more digits before its point than the result.
    power = _power(abs(over), under) + (abs(over) < under) - digits if over else -digits
    times = 2 * under * 10 ** max(0, -power)
    half = under * 10 ** max(0, power)
    whole = 2 * over * 10 ** max(0, -power)
    return (whole - half, whole + half, times) if over else (0, 0, 1)


def _power(over: int, under: int) -> int:
    """Digits before the point; below 1, as many less as there are zeros after it."""
    return len(str(over // under)) if over >= under else 1 - len(str(under // over))


def _rounded_fit(claimed: Quantity, stated: Quantity) -> Fit:
    """Whether the claim's number is the other one, rounded to as many digits as the claim writes."""
    value, held = claimed.value or Fraction(0), stated.value or Fraction(0)
    if claimed.unit and stated.unit:
        value, held = value * claimed.unit.size, held * stated.unit.size
    if not _rounds_to(held.as_integer_ratio(), value.as_integer_ratio(), significant_digits(claimed.text)):
        return "missing"
    # "more than 1,200" is right of 1,204.
    implied = (claimed.bound == "low" and held > value) or (claimed.bound == "high" and held < value)
    return "same" if claimed.about or implied else "rounded"


def _rounds_to(number: tuple[int, int], result: tuple[int, int], digits: int) -> bool:
    """Whether the first fraction, rounded half up to so many digits, is the second."""
    (over, under), (size, of) = number, result
    if over * size <= 0:
        return False
    over, size = abs(over), abs(size)
    power = _power(over, under) - digits
    step, parts = 10 ** max(0, power), 10 ** max(0, -power)
    steps = (2 * over * parts + under * step) // (2 * under * step)
    return bool(steps * step * of == size * parts)
