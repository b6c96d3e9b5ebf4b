"""Whether a claim takes its words from a source in an order that keeps their meaning."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
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
    places = _few([where[claim.keys[place]] for place in held])
    turns = _turns(places)
    rivals = source.varied and source.varied.intersection([claim.kinds[place] for place in held])
    if rivals and (turns or _jumps(claim, source, _shortest(places), rivals)):
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


def _few(places: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """Those of each token's places that are looked at."""
    most = max(1, min(MOST_PLACES, MOST_STEPS // max(1, len(places))))
    return [options if len(options) <= most else options[:most] for options in places]


def _turns(places: Sequence[Sequence[int]]) -> int:
    """How often, at least, a way through one place of each token turns back: by the way that takes the next
    place each time, and turns to the first only where there is none, for no other is less far on."""
    turns, last = 0, -1
    for options in places:
        at = bisect_right(options, last)
        turns += at == len(options)
        last = options[at % len(options)]
    return turns


def _shortest(places: Sequence[Sequence[int]]) -> range:
    """From the first to the last place of the shortest way that never turns back; there is one."""
    best: range | None = None
    for first in places[0]:
        last = first
        for options in places[1:]:
            at = bisect_right(options, last)
            if at == len(options):
                # From a later place it gets no further.
                return best or range(0)
            last = options[at]
        if best is None or last - first < len(best):
            best = range(first, last)
    return best or range(0)
