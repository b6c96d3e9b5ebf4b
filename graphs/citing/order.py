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


def _path(places: Sequence[Sequence[int]]) -> list[int]:
    """One place for each token: fewest turns back, then the shortest way."""
    best: dict[int, tuple[int, int, list[int]]] = {}
    for options in places:
        step: dict[int, tuple[int, int, list[int]]] = {}
        for place in options:
            if not best:
                step[place] = (0, 0, [place])
                continue
            step[place] = min(
                (turns + (place <= last), length + abs(place - last), [*path, place])
                for last, (turns, length, path) in best.items()
            )
        best = step
    return min(best.values())[2] if best else []
