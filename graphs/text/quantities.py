"""Quantities in a text: numbers with scale, unit and bound, to be looked for in a source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from graphs.text.dates import dates
from graphs.text.number_words import spoken
from graphs.text.units_of_measure import CURRENCY_CODES, Measure, measure

Bound = Literal["", "low", "high"]
"""low: at least, more than, after. high: at most, up to, less than, within."""

_DASHES = str.maketrans("‐‑‒–—−\u00a0\u202f", "------  ")
_CODE = re.compile(r"(?<![\w.])(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[A-Za-z][\w]*(?:-\w+)*")
_DOTTED = re.compile(r"(?<![\w.])[vV]?\d+(?:\.\d+){2,}")
_CLOCK = re.compile(
    r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?: ?([ap])\.?m\b\.?)?(?!:?\d)"
    r"|(?<![\d.:])(1[0-2]|[1-9]) ?([ap])\.?m\b\.?",
    re.I,
)
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)])-)?(?P<currency>[€$£¥₹₽₺₴₪₩]\s?|\b(?:{'|'.join(CURRENCY_CODES)})\s)?"
    r"(?P<digits>\d+(?:[.,]\d+)*)"
    r"(?P<scale>\s?(?:thousand|million|billion|trillion|mn|mio|bn|tn)\b|[kKmMB](?![\w%°]))?"
)
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
_JOINED = re.compile(r"\s*(?:-|to|and|or|,)\s*$")
_SOFT = re.compile(r"\b(?:from|by|within|after|before|until)\s*$", re.I)
LOOK_BACK = 18
"""Characters before a number in which a bound or "about" is looked for."""


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
    plain = text.translate(_DASHES)
    taken = [(date.start, date.end) for date in dates(plain)]
    found: list[Quantity] = []

    def free(start: int, end: int) -> bool:
        return not any(start < last and first < end for first, last in taken)

    def take(quantity: Quantity) -> None:
        taken.append((quantity.start, quantity.end))
        found.append(quantity)

    for match in _CLOCK.finditer(plain):
        if free(match.start(), match.end()):
            take(Quantity(_clock(match), match.start(), match.end()))
    for pattern in (_DOTTED, _CODE):
        for match in pattern.finditer(plain):
            if free(match.start(), match.end()):
                name = match.group().lower()
                name = name[1:] if pattern is _DOTTED and name.startswith("v") else name
                take(Quantity(name, match.start(), match.end()))
    for match in _NUMBER.finditer(plain):
        if free(match.start("digits"), match.end("digits")):
            take(_quantity(plain, match))
    for start, end, value in spoken(plain):
        if free(start, end):
            take(_with_surroundings(plain, Quantity(plain[start:end], start, end, Fraction(value))))
    return tuple(_shared_units(plain, sorted(found, key=lambda quantity: quantity.start)))


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1] or match[4])
    half = (match[3] or match[5] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour}:{match[2] or '00'}"


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    value = _value(match["digits"])
    scale = (match["scale"] or "").strip()
    end = match.end()
    if scale in ("m", "M", "B") and not match["currency"]:
        scale, end = "", match.end("digits")
    value *= SCALES.get(scale.lower(), 1)
    unit = None
    if match["currency"]:
        unit = measure(match["currency"].strip())
    negative = bool(match["sign"])
    start = match.start() if negative or match["currency"] else match.start("digits")
    quantity = Quantity(text[start:end], start, end, -value if negative else value, unit)
    return _with_surroundings(text, quantity)


def _value(digits: str) -> Fraction:
    """Thousands separators removed. A comma before other than three digits is a decimal comma."""
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


def _with_surroundings(text: str, quantity: Quantity) -> Quantity:
    """With the unit that follows and the words before that bound or blur it."""
    unit, end = quantity.unit, quantity.end
    match = _UNIT.match(text, quantity.end)
    if unit is None and match and not _RATIO.match(text, quantity.end):
        name = re.sub(r"\s+", "-", match["unit"].strip()).replace("°-", "°")
        # One letter is a unit only where it is written as such: "5 V", "10 m", never "5 a day".
        if len(name) > 1 or not name.isalpha() or name in "VAWmhglsLΩ":
            unit = measure(name)
            end = match.end() if unit else end
    before = text[max(0, quantity.start - LOOK_BACK) : quantity.start]
    about = bool(_ABOUT.search(before))
    before = _ABOUT.sub("", before)
    low = bool(_LOW.search(before) or _LOW_AFTER.match(text, end))
    high = bool(_HIGH.search(before) or _HIGH_AFTER.match(text, end))
    bound: Bound = "high" if high else "low" if low else ""
    return replace(
        quantity, unit=unit, end=end, about=about, bound=bound, firm=bool(bound) and not _SOFT.search(before)
    )


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
    return min((_fit(claimed, one) for one in stated), key=_ORDER.index, default="missing")


def _fit(claimed: Quantity, stated: Quantity) -> Fit:
    if claimed.value is None or stated.value is None:
        same = claimed.value is None and stated.value is None and claimed.text == stated.text
        return "same" if same else "missing"
    value, held = claimed.value, stated.value
    if claimed.unit and stated.unit:
        if claimed.unit.of != stated.unit.of:
            return "unit" if value == held else "missing"
        if value == held and claimed.unit.size != stated.unit.size:
            return "unit"
        value, held = value * claimed.unit.size, held * stated.unit.size
    if value != held:
        if not _rounds_to(value, held, claimed):
            return "missing"
        # "more than 1,200" is right of 1,204.
        implied = (claimed.bound == "low" and held > value) or (claimed.bound == "high" and held < value)
        return "same" if claimed.about or implied else "rounded"
    if claimed.bound == stated.bound:
        return "same"
    if claimed.bound and stated.bound:
        return "bound"
    # "in 14 days" for "within 14 days" says little else; "at least" added or dropped does.
    return "loose" if claimed.firm or stated.firm else "same"


def _rounds_to(value: Fraction, held: Fraction, claimed: Quantity) -> bool:
    """Whether ``held``, rounded to as many digits as the claim writes, is ``value``."""
    if claimed.value is None or not value or not held or (value < 0) != (held < 0):
        return False
    match = _DIGITS.search(claimed.text)
    digits = len(re.sub(r"\D", "", match.group() if match else "").strip("0")) or 1
    if digits < 2 and not claimed.about:
        return False
    return _rounded(abs(held), digits) == abs(value)


def _rounded(value: Fraction, digits: int) -> Fraction:
    power = len(str(int(value))) if value >= 1 else 1 - len(str(int(1 / value)))
    step = Fraction(10) ** (power - digits)
    return Fraction(int(value / step + Fraction(1, 2))) * step
