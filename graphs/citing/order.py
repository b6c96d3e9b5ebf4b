"""Whether a claim takes its words from a source in an order that keeps their meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Literal, NamedTuple

from graphs.citing.facts import Facts, once
from graphs.text.quantities import Quantity

Disorder = Literal["", "order", "rivals"]

_CODE = re.compile(r"\d")

MOST_PLACES = 32
"""Of a word that a source has oftener, as no sentence has, the first places are looked at."""


class Token(NamedTuple):
    """A word or a quantity where it stands. ``kind`` tells which others it could be mistaken for."""

    key: str
    kind: str


class Tokens:
    """What a sentence says, in order."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.all = found
        self.keys = frozenset(token.key for token in found)
        self.places: dict[str, list[int]] = {}
        """Where each key stands."""
        for place, token in enumerate(found):
            self.places.setdefault(token.key, []).append(place)

    @cached_property
    def varied(self) -> frozenset[str]:
        """Kinds of which it has several that could be mistaken for one another."""
        kinds = Counter(kind for _, kind in {token for token in self.all if token.kind})
        return frozenset(kind for kind, count in kinds.items() if count > 1)


@once
def tokens(facts: Facts) -> Tokens:
    """Words and quantities in order. A name is of kind ``name`` or ``code``, a number of what it measures."""
    placed: list[tuple[int, Token]] = []
    position = 0
    for word in facts.words:
        position = facts.text.find(word.text, position)
        placed.append((position, _of_word(word.root, word.text, word.name)))
        position += len(word.text)
    if facts.quantities or facts.dates:
        placed += [(one.start, _of_quantity(one)) for one in facts.quantities]
        placed += [(day.start, Token(f"{day.year}-{day.month}-{day.day}", "date")) for day in facts.dates]
        placed.sort(key=itemgetter(0))
    return Tokens([token for _, token in placed])


@lru_cache(maxsize=65_536)
def _of_word(root: str, text: str, name: bool) -> Token:
    return Token(root, "" if not name else "code" if _CODE.search(text) else "name")


def _of_quantity(quantity: Quantity) -> Token:
    if quantity.value is None:
        return Token(quantity.text, "code")
    unit = quantity.unit
    size = quantity.value * unit.size if unit else quantity.value
    return Token(str(size), f"of {unit.of if unit else ''}")


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
    held = [token for token in claim.all if token.key in where]
    path = _path([where[token.key] for token in held])
    turns = sum(second <= first for first, second in pairwise(path))
    rivals = source.varied and source.varied.intersection(token.kind for token in held)
    if rivals:
        jumped = source.all[min(path) : max(path)]
        if turns or any(token.kind in rivals and token.key not in claim.keys for token in jumped):
            return "rivals"
    if turns > 1:
        return "order"
    if len(held) > len(claim.keys & source.keys):
        said = Counter(token.key for token in held)
        if any(count > len(where[key]) for key, count in said.items()):
            return "order"
    return ""


_Way = tuple[int, int, int, "_Way | None"]
"""Turns back, length, place, and the way to the place before."""


def _path(places: Sequence[Sequence[int]]) -> list[int]:
    """One place for each token: fewest turns back, then the shortest way.

    A step takes the best way to each place from those to the places before it, which end lower, and from the
    others by a turn: running minima find both in one pass over sorted places.
    """
    if all(len(options) == 1 for options in places):
        return [options[0] for options in places]
    ways: list[_Way] = []
    for options in places:
        few = options if len(options) <= MOST_PLACES else options[:MOST_PLACES]
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
        on = (before[0], before[1] + place - before[2], place, before) if before else None
        back = (after[0] + 1, after[1] + after[2] - place, place, after) if after else None
        found.append(min((way for way in (on, back) if way), key=lambda way: way[:2]))
    return found
