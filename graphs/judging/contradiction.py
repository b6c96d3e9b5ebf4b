"""Whether two sentences about the same subject give one attribute two values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

import regex

from graphs.citing.facts import GLUE, Facts, once
from graphs.citing.slots import ALIKE, exchanged
from graphs.citing.stance import differences, has_condition, opposed, stance
from graphs.judging.editions import version_rank
from graphs.judging.row_values import other_value
from graphs.text.dates import Date
from graphs.text.quantities import Quantity, fit
from graphs.text.remembered import remembered
from graphs.text.units_of_measure import CURRENCY_CODES
from graphs.text.words import STOP_WORDS, stem, words

FEW_WORDS = 3
"""A line without small words, and with fewer content words than these, is a label."""

_MODALS = frozenset({"may", "might", "shall"})
_ORDINAL = regex.compile(r"\d+(?:st|nd|rd|th)")
_VERSION = regex.compile(r"v?\d+(?:\.\d+)+|v\d+", regex.I)
_BEFORE_VERSION = regex.compile(r"(?:\bversion|\brelease|\b\p{Lu}[\w.+#-]*)\s*$")
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")
_CLOCK = regex.compile(r"\d+:\d\d")
_NO_STATEMENT = regex.compile(r"[{}]|\?[^\w?]*$|^\W*+(?<=\(\s*)(?:\p{L}+\s)?\d+\s*\)")
"""Code, a question, a note that begins with its date in brackets."""

_AS_OF = regex.compile(r"\b(?:as of|as at)\s*$", regex.I)
_PAST = regex.compile(r"\b(?:was|were|had)\b", regex.I)
_PRESENT = regex.compile(r"\b(?:is|are|has|have)\b", regex.I)
_SAYS_WHAT_IT_IS = regex.compile(r"\b(?:is|are|was|were)\b", regex.I)

_APART = ("missing", "unit")
_SCALES = (
    frozenset(CURRENCY_CODES),
    frozenset({"celsius", "fahrenheit", "kelvin"}),
    frozenset({"time", "months", "working-days"}),
)

T = TypeVar("T")


class Apart(NamedTuple):
    """What two sentences differ in, in words."""

    why: str
    kind: Literal["number", "date", "name", "denial"]


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity, and whether it is a version."""

    of: Quantity
    version: bool


def contradiction(mine: Facts, other: Facts) -> Apart | None:
    """What they differ in; None where they do not, or speak of different things.

    All content words must agree, save those that a title or heading lends; so must all values but one. A
    value that only one of them has makes it a case, a part or a period of what the other speaks of.

    >>> from graphs.citing.facts import facts
    >>> contradiction(facts("The oven runs for 14 hours."), facts("For 18 hours runs the oven."))
    Apart(why='14 hours and 18 hours', kind='number')
    >>> contradiction(facts("The oven runs for 14 hours."), facts("The mill runs for 18 hours."))
    """
    if mine.kind == other.kind == "row":
        return _rows_apart(mine, other)
    shared = len(mine.roots & other.roots) + len(_codes(mine) & _codes(other))
    if shared < 2 or _apart_in_time(mine.text, other.text):
        return None
    if has_condition(mine.text) or has_condition(other.text):
        return None
    if not _says_something(mine) or not _says_something(other):
        return None
    left, right = _own_words(mine, other), _own_words(other, mine)
    if left or right:
        return _names_apart(mine, other, left, right)
    if _subject_codes(mine, other) or _subject_codes(other, mine):
        return None
    numbers = _apart(_numbers(mine), _numbers(other), _agree)
    days = _apart(_dates(mine), _dates(other), _same_day)
    if numbers is None or days is None or len(numbers) + len(days) > 1:
        return None
    one, two = stance(mine.text), stance(other.text)
    if opposed(one, two):
        same = not numbers and not days and _same_small_words(mine.text, other.text)
        return Apart("one of them denies it", "denial") if same else None
    if any(found.kind in ("denial", "direction") and found.turns for found in differences(one, two)):
        return None
    for a, b in numbers:
        if _comparable(a.of, b.of):
            said = f"{mine.text[a.of.start : a.of.end]} and {other.text[b.of.start : b.of.end]}"
            return Apart(said, "number")
    # "As of May 2026" says when the rest was so.
    framed = any(_AS_OF.search(mine.text[: a.start]) for a, _ in days)
    return next((Apart(f"{a.text} and {b.text}", "date") for a, b in days if not framed), None)


def _rows_apart(mine: Facts, other: Facts) -> Apart | None:
    """What two rows of the same thing differ in. Each row tells its thing by its label, not by its words."""
    found = other_value(mine.text, other.text)
    if found is None or not _comparable(*found[1]) or _agree(*(Number(one, False) for one in found[1])):
        return None
    return Apart(" and ".join(found[0]), "number")


def _says_something(of: Facts) -> bool:
    """Whether it is a sentence, a row, or a value with its name; a tab's label or "Requires x" is none."""
    if of.kind == "row":
        return True
    if _NO_STATEMENT.search(of.text):
        return False
    if any(word in STOP_WORDS for word in words(of.text)):
        return True
    if of.text.rstrip().endswith((".", "!")) and len(of.roots) >= FEW_WORDS:
        return True
    starts = [*(one.start for one in of.quantities), *(one.start for one in of.dates)]
    return any(of.text[:start].rstrip().endswith(":") for start in starts)


def _same_small_words(mine: str, other: str) -> bool:
    """Whether nearly all words of the one that does not deny stand in the other, small ones too."""
    one, two = sorted((mine, other), key=lambda text: stance(text).of("negation")["no"])
    plain, denying = {stem(word) for word in words(one)}, {stem(word) for word in words(two)}
    return len(plain & denying) >= ALIKE * len(plain)


def _own_words(of: Facts, other: Facts) -> frozenset[str]:
    """Roots that the other sentence does not have and nothing above it lends."""
    own = of.roots - other.roots - other.over.roots - GLUE - _MODALS
    denying = {word.root for word in of.words if stance(word.text).of("negation")}
    return frozenset(one for one in own - denying if not _ORDINAL.fullmatch(one))


def _apart_in_time(mine: str, other: str) -> bool:
    """Whether one speaks of what was and the other of what is."""
    return {_times(mine), _times(other)} == {(True, False), (False, True)}


@remembered(texts=1024)
def _times(text: str) -> tuple[bool, bool]:
    """Whether it speaks of what was, and of what is. Each sentence is held against many."""
    return bool(_PAST.search(text)), bool(_PRESENT.search(text))


def _names_apart(mine: Facts, other: Facts, left: frozenset[str], right: frozenset[str]) -> Apart | None:
    """A name where the other has another, at the end of a sentence that says who or what something is.

    Anywhere else a name is what the sentence is about, or one of several.
    """
    if mine.quantities or other.quantities or mine.dates or other.dates:
        return None
    if opposed(stance(mine.text), stance(other.text)):
        return None
    pairs = exchanged(mine, other) or []
    if len(pairs) != 1 or not _names_its_object(mine, pairs[0][0], left):
        return None
    if not _names_its_object(other, pairs[0][1], right):
        return None
    return Apart(f"{pairs[0][0]} and {pairs[0][1]}", "name")


def _names_its_object(of: Facts, shown: str, roots: frozenset[str]) -> bool:
    """Whether the words that are its own are this name, and it ends a sentence of what something is."""
    before, found, after = of.text.rpartition(shown)
    named = {word.root for word in of.names if word.text in shown.split()}
    ends = bool(found) and not after.strip(" .!;*")
    return ends and bool(roots) and roots <= named and bool(_SAYS_WHAT_IT_IS.search(before))


def _subject_codes(of: Facts, other: Facts) -> bool:
    """Whether it has a code that neither the other sentence nor what stands above it has."""
    above = {one.text.lower() for one in other.over.quantities}
    return bool(_codes(of) - _codes(other) - above)


@once
def _codes(of: Facts) -> frozenset[str]:
    """Codes that say what is spoken of: no versions, no times."""
    return frozenset(
        one.text.lower()
        for one in of.quantities
        if one.value is None and not _CLOCK.fullmatch(one.text) and not _is_version(of, one)
    )


def _is_version(of: Facts, one: Quantity) -> bool:
    if one.unit is not None or _CLOCK.fullmatch(one.text):
        return False
    if one.value is None:
        return bool(_VERSION.fullmatch(one.text))
    return bool(_BEFORE_VERSION.search(of.text[: one.start]))


def _numbers(of: Facts) -> list[Number]:
    """Numbers, times and versions; years are dates, and other codes say what is spoken of."""
    found = [Number(one, _is_version(of, one)) for one in of.quantities if not _year(one)]
    return [one for one in found if one.of.value is not None or one.version or _CLOCK.fullmatch(one.of.text)]


def _year(one: Quantity) -> bool:
    return (
        one.unit is None and one.value is not None and bool(regex.fullmatch(r"1[5-9]\d\d|20\d\d", one.text))
    )


def _dates(of: Facts) -> list[Date]:
    years = [
        Date(int(one.text), None, None, one.text, one.start, one.end) for one in of.quantities if _year(one)
    ]
    return [*of.dates, *years]


def _apart(mine: Iterable[T], other: Iterable[T], agree: Callable[[T, T], bool]) -> list[tuple[T, T]] | None:
    """The pairs that do not agree; None where they cannot be paired."""
    left, right = list(mine), list(other)
    if len(left) != len(right):
        return None
    for value in list(left):
        same = next((rival for rival in right if agree(value, rival)), None)
        if same is not None:
            left.remove(value)
            right.remove(same)
    return list(zip(left, right, strict=True))


def _agree(one: Number, two: Number) -> bool:
    """Whether either may be meant where the other stands: in another unit, rounded, or more precise."""
    if one.version and two.version:
        mine, other = version_rank(one.of.text), version_rank(two.of.text)
        return mine[: len(other)] == other or other[: len(mine)] == mine
    return fit(one.of, [two.of]) not in _APART or fit(two.of, [one.of]) not in _APART


def _same_day(one: Date, two: Date) -> bool:
    return one.stated_by(two) or two.stated_by(one)


def _comparable(one: Quantity, two: Quantity) -> bool:
    if {one.bound, two.bound} == {"low", "high"} and one.firm and two.firm:
        return False  # the least and the most of something
    if one.unit is None or two.unit is None:
        return one.unit is two.unit
    if one.unit.of == two.unit.of:
        return True
    # Another scale can be the same amount; the same figure on another scale is not.
    return one.value == two.value and any({one.unit.of, two.unit.of} <= scales for scales in _SCALES)
