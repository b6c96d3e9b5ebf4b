"""Whether a claim takes its words from a source in an order that keeps their meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from graphs.citing.facts import Facts

Disorder = Literal["", "order", "rivals"]

_CODE = re.compile(r"\d")

MOST_PLACES = 32
"""Of a word that a source has oftener, as no sentence has, the first places are looked at."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a quantity where it stands. ``kind`` tells which others it could be mistaken for."""

    key: str
    kind: str


def tokens(facts: Facts) -> list[Token]:
    """Words and quantities in order. A name is of kind ``name`` or ``code``, a number of what it measures."""
    placed: list[tuple[int, Token]] = []
    position = 0
    for word in facts.words:
        position = facts.text.find(word.text, position)
        kind = "" if not word.name else "code" if _CODE.search(word.text) else "name"
        placed.append((position, Token(word.root, kind)))
        position += len(word.text)
    for quantity in facts.quantities:
        if quantity.value is None:
            placed.append((quantity.start, Token(quantity.text, "code")))
            continue
        unit = quantity.unit
        size = quantity.value * (unit.size if unit else 1)
        placed.append((quantity.start, Token(str(size), f"of {unit.of if unit else ''}")))
    for date in facts.dates:
        placed.append((date.start, Token(f"{date.year}-{date.month}-{date.day}", "date")))
    return [token for _, token in sorted(placed, key=lambda pair: pair[0])]


def disorder(claim: Sequence[Token], source: Sequence[Token]) -> Disorder:
    """Whether the claim's tokens stand in the source in another order, and so could say something else.

    Words may be left out. One turn is allowed ("Within 30 days, return it" for "Return it within 30 days"),
    but none where the source holds several names or numbers that could be mistaken for one another, and none
    of
    those may be jumped over.

    >>> from graphs.citing.facts import facts
    >>> source = tokens(facts("The gateway costs 99 EUR and the sensor costs 49 EUR."))
    >>> claims = ("The sensor costs 49 EUR.", "The sensor costs 99 EUR.")
    >>> [disorder(tokens(facts(claim)), source) for claim in claims]
    ['', 'rivals']
    """
    where: dict[str, list[int]] = {}
    for index, token in enumerate(source):
        where.setdefault(token.key, []).append(index)
    held = [token for token in claim if token.key in where]
    path = _path([where[token.key] for token in held])
    turns = sum(second <= first for first, second in pairwise(path))
    said = Counter(token.key for token in held)
    kinds = {token.kind for token in held if token.kind}
    rivals = {kind for kind in kinds if len({token.key for token in source if token.kind == kind}) > 1}
    jumped = source[min(path) : max(path)] if path else []
    if (turns and rivals) or any(token.kind in rivals and token.key not in said for token in jumped):
        return "rivals"
    repeated = any(count > len(where[key]) for key, count in said.items())
    return "order" if turns > 1 or repeated else ""


_Way = tuple[int, int, int, "_Way | None"]
"""Turns back, length, place, and the way to the place before."""


def _path(places: Sequence[Sequence[int]]) -> list[int]:
    """One place for each token: fewest turns back, then the shortest way.

    A step takes the best way to each place from those to the places before it, which end lower, and from the
    others by a turn: running minima find both in one pass over sorted places.
    """
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
