"""Marks that are part of a name or number, or stand for a word: C++, -18, 4.10, <5, ✓."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from graphs.citing.facts import Facts
from graphs.citing.stated_values import all_quantities, distinct
from graphs.text.quantities import Quantity, fit
from graphs.text.visible import is_word_end, visible

_CHUNK = re.compile(r"\S+")
_PLUS = re.compile(r"^\+(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def strange_marks(claim: Facts, sources: Sequence[Facts]) -> list[str]:
    """Reasons, in words, for marks of the claim that no source has where the claim has them, and for marks
    that the first source, the one it was compared with, has on a word of the claim or by themselves.

    A number that a source states is left to the comparison of quantities, unless it has no unit and a decimal
    point: 4.10 is not 4.1 where it may be a version.

    >>> from graphs.citing.facts import facts
    >>> source = facts("The C++ course takes 3 days.")
    >>> strange_marks(facts("The C# course takes 3 days."), [source])
    ["'C#' is not written so in the source", "the source writes 'C++'"]
    """
    mine = _marked(claim.text)
    reasons = _unwritten(mine, claim, sources) if mine else []
    if sources:
        keys = {key for key, _ in mine.values()}
        bare = {token.lower() for token in visible(claim.text)}
        nearest = sources[0]
        reasons += [
            f"the source writes '{shown}'"
            for (start, end), (key, shown) in _marked(nearest.text).items()
            if key not in keys
            and _names_or_speaks(key, bare)
            and ("±" in key or not any(one.start < end and start < one.end for one in nearest.quantities))
        ]
    return reasons


def _unwritten(
    mine: dict[tuple[int, int], tuple[str, str]], claim: Facts, sources: Sequence[Facts]
) -> list[str]:
    held = distinct(quantity for source in sources for quantity in all_quantities(source))
    stated = [
        quantity for quantity in claim.quantities if fit(quantity, held) in ("same", "loose", "rounded")
    ]
    written = {key for source in sources for key, _ in _marked(f"{source.above} {source.text}").values()}
    return [
        f"'{shown}' is not written so in the source"
        for (start, end), (key, shown) in mine.items()
        if key not in written and not ("±" not in key and any(_covers(one, start, end) for one in stated))
    ]


def _marked(text: str) -> dict[tuple[int, int], tuple[str, str]]:
    """By place: each stretch between spaces that has a mark, folded, and as it is to be shown. A sign before
    a number that stands apart is read with the number."""
    found: dict[tuple[int, int], tuple[str, str]] = {}
    before: tuple[int, str] | None = None
    for match in _CHUNK.finditer(text):
        tokens = visible(match.group())
        shown = match.group().strip(".,;:!?()[]\"'“”‘’*`_")
        key = _THOUSANDS.sub("", _PLUS.sub("", "".join(tokens))).lower()
        start = match.start()
        if before is not None:
            start, key, shown = before[0], before[1] + key, f"{before[1]} {shown}"
            before = None
            tokens = ("<", *tokens)
        if key in _COMPARES:
            before = (start, key)
            continue
        if any(_is_mark(token) for token in tokens):
            found[start, match.end()] = (key, shown)
    return found


_OF_WORDS = frozenset("'-,_")
_COMPARES = frozenset("<>≤≥=±~≈+-")


def _is_mark(visible_one: str) -> bool:
    """Apostrophes, hyphens and underscores between letters are left to the comparison of words."""
    return not is_word_end(visible_one[0]) and visible_one not in _OF_WORDS


def _covers(quantity: Quantity, start: int, end: int) -> bool:
    """Whether the quantity is what is written there, and its marks are those of its sign and unit."""
    if not (quantity.start < end and start < quantity.end):
        return False
    # Codes, versions and times are compared by what is written.
    written = quantity.value is None or "." not in quantity.text
    return written or quantity.unit is not None or quantity.bound != ""


def _names_or_speaks(key: str, bare: set[str]) -> bool:
    """Whether it is a word of the claim with a mark that the claim lacks, or a mark by itself, such as ✗."""
    core = "".join(character for character in key if is_word_end(character))
    marks = [character for character in key if not is_word_end(character)]
    speaks = any(unicodedata.category(mark)[0] == "S" or mark == "#" for mark in marks)
    return speaks and (not core or core in bare)
