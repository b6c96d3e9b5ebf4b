"""Whether a claim takes its words from a source in an order that keeps their meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from typing import Literal

from graphs.citing.facts import Facts, facts, once, roots_of
from graphs.text.quantities import Quantity, may_have_numbers

Disorder = Literal["", "order", "rivals"]

_CODE = re.compile(r"\d")

MOST_PLACES = 32
"""Of a word that a source has oftener, as no sentence has, the first places are looked at."""

MOST_STEPS = 4_000
"""Places that are looked at in all; a claim of 125 words has that many at ``MOST_PLACES`` each."""


class Tokens:
    """The words and quantities of a sentence in order: a ``key`` of each, and its ``kind``, which tells which
    others it could be mistaken for."""

    def __init__(self, keys: Sequence[str], kinds: Sequence[str]) -> None:
        self.keys, self.kinds = keys, kinds

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.keys)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each key stands."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self.keys):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def varied(self) -> frozenset[str]:
        """Kinds of which it has several that could be mistaken for one another."""
        kinds = Counter(kind for _, kind in set(zip(self.keys, self.kinds, strict=True)) if kind)
        return frozenset(kind for kind, count in kinds.items() if count > 1)


@once
def tokens(read: Facts) -> Tokens:
    """Words and quantities in order. A name is of kind ``name`` or ``code``, a number of what it measures."""
    keys = [word.root for word in read.words]
    kinds = [_of_name(word.text) if word.name else "" for word in read.words]
    if not read.quantities and not read.dates:
        return Tokens(keys, kinds)
    places, position = [], 0
    for word in read.words:
        position = read.text.find(word.text, position)
        places.append(position)
        position += len(word.text)
    found = list(zip(places, keys, kinds, strict=True))
    found += [(one.start, *_of_quantity(one)) for one in read.quantities]
    found += [(day.start, f"{day.year}-{day.month}-{day.day}", "date") for day in read.dates]
    found.sort(key=itemgetter(0))
    return Tokens([key for _, key, _ in found], [kind for _, _, kind in found])


def keys_of(text: str) -> frozenset[str]:
    """The keys of ``tokens(facts(text))``; no more is read where it has no number."""
    return tokens(facts(text)).distinct if may_have_numbers(text) else roots_of(text)


def _of_name(text: str) -> str:
    return "code" if _CODE.search(text) else "name"


def _of_quantity(quantity: Quantity) -> tuple[str, str]:
    if quantity.value is None:
        return quantity.text, "code"
    unit = quantity.unit
    size = quantity.value * unit.size if unit else quantity.value
    return str(size), f"of {unit.of if unit else ''}"


def disorder(claim: Tokens, source: Tokens) -> Disorder:
    """Whether the claim's tokens stand in the source in another order, and so could say something else.

    Words may be left out. One turn is allowed ("Within 30 days, return it" for "Return it within 30 days"),
    but none where the source holds several names or numbers that could be mistaken for one another, and none
    of those may be jumped over.

    >>> from graphs.citing.facts import facts
    >>> source = tokens(facts("The gateway costs 99 EUR and the sensor costs 49 EUR."))
    >>> claims = ("The sensor costs 49 EUR.", "The sensor costs 99 EUR.")
    >>> [disorder(tokens(facts(claim)), source) for claim in claims]
    ['', 'rivals']
    """
    where = source.places
    held = [place for place, key in enumerate(claim.keys) if key in where]
    path = _path([where[claim.keys[place]] for place in held])
    turns = sum(second <= first for first, second in pairwise(path))
    rivals = source.varied and source.varied.intersection([claim.kinds[place] for place in held])
    if rivals and (turns or _jumps(claim, source, range(min(path), max(path)), rivals)):
        return "rivals"
    if turns > 1:
        return "order"
    if len(held) > len(claim.distinct & where.keys()):
        said = Counter(claim.keys[place] for place in held)
        if any(count > len(where[key]) for key, count in said.items()):
            return "order"
    return ""


def _jumps(claim: Tokens, source: Tokens, places: range, rivals: frozenset[str]) -> bool:
    """Whether one of these places of the source has a rival that the claim leaves out."""
    return any(source.kinds[at] in rivals and source.keys[at] not in claim.distinct for at in places)


_Way = tuple[int, int, int, "_Way | None"]
"""Turns back, length, place, and the way to the place before."""


def _path(places: Sequence[Sequence[int]]) -> list[int]:
    """One place for each token: fewest turns back, then the shortest way.

    A step takes the best way to each place from those to the places before it, which end lower, and from the
    others by a turn: running minima find both in one pass over sorted places.
    """
    if all(len(options) == 1 for options in places):
        return [options[0] for options in places]
    most = max(1, min(MOST_PLACES, MOST_STEPS // len(places)))
    ways: list[_Way] = []
    for options in places:
        few = options if len(options) <= most else options[:most]
        ways = _stepped(ways, few) if ways else [(0, 0, place, None) for place in few]
    best = min(ways, key=lambda way: way[:3], default=None)
    path: list[int] = []
    while best is not None:
        path.append(best[2])
        best = best[3]
    return path[::-1]


def _stepped(ways: Sequence[_Way], options: Sequence[int]) -> list[_Way]:
    """The best way to each of the places, both in rising order."""
    ahead: list[_Way | None] = []
    lower: _Way | None = None
    at = 0
    for place in options:
        while at < len(ways) and ways[at][2] < place:
            if lower is None or (ways[at][0], ways[at][1] - ways[at][2]) < (lower[0], lower[1] - lower[2]):
                lower = ways[at]
            at += 1
        ahead.append(lower)
    turning: list[_Way | None] = []
    upper: _Way | None = None
    at = len(ways) - 1
    for place in reversed(options):
        while at >= 0 and ways[at][2] >= place:
            if upper is None or (ways[at][0], ways[at][1] + ways[at][2]) < (upper[0], upper[1] + upper[2]):
                upper = ways[at]
            at -= 1
        turning.append(upper)
    found: list[_Way] = []
    for place, before, after in zip(options, ahead, reversed(turning), strict=True):
        # Written out: a long claim comes here thousands of times.
        on = before[1] + place - before[2] if before else 0
        back = after[1] + after[2] - place if after else 0
        if before and (after is None or (before[0], on) <= (after[0] + 1, back)):
            found.append((before[0], on, place, before))
        elif after:
            found.append((after[0] + 1, back, place, after))
    return found
