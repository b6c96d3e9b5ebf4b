"""Marks that are part of a name or number, or stand for a word: C++, -18, 4.10, <5, ✓."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from graphs.citing.facts import Facts, all_above, once
from graphs.citing.sources import Sources
from graphs.text.held_quantities import STATED, HeldQuantities
from graphs.text.quantities import Quantity
from graphs.text.visible import is_word_end, visible

_CHUNK = re.compile(r"\S+")
_MAY_MARK = re.compile(r"[^A-Za-z0-9À-ÖØ-öø-ÿ \n\t.:,;!?'\"’‘“”()\[\]–—-]|[.:]\d")
"""Other letters may fold to marks; a full stop or colon is one before a digit."""
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
    mine = _marks(claim)
    reasons = _unwritten(mine, claim, sources) if mine else []
    theirs = _marks(sources[0]) if sources else {}
    if theirs:
        keys = {key for key, _ in mine.values()}
        bare = {token.lower() for token in visible(claim.text)}
        reasons += [
            f"the source writes '{shown}'"
            for (start, end), (key, shown) in theirs.items()
            if key not in keys
            and _names_or_speaks(key, bare)
            and ("±" in key or not any(one.start < end and start < one.end for one in sources[0].quantities))
        ]
    return reasons


def _unwritten(mine: _Marks, claim: Facts, sources: Sequence[Facts]) -> list[str]:
    written = _written(sources)
    strange = [(place, key, shown) for place, (key, shown) in mine.items() if key not in written]
    if not strange:
        return []
    held = Sources.of(sources).held if claim.quantities else HeldQuantities()
    stated = [one for one in claim.quantities if held.fit(one) in STATED]
    starts = [one.start for one in stated]
    longest = max((one.end - one.start for one in stated), default=0)

    def is_covered(start: int, end: int) -> bool:
        near = stated[bisect_right(starts, start - longest) : bisect_left(starts, end)]
        return any(_covers(one, start, end) for one in near)

    return [
        f"'{shown}' is not written so in the source"
        for (start, end), key, shown in strange
        if "±" in key or not is_covered(start, end)
    ]


def _written(sources: Sequence[Facts]) -> set[str]:
    """What is written in the sources and above them. A sign that ends a heading is read with what follows."""
    read: list[_Marks] = []
    for over in all_above(sources):
        apart = over.outer is None or not _ends_in_sign(over.outer.text)
        read.append(_read_marks(over.added if apart else over.text)[0])
    for source in sources:
        apart = not _ends_in_sign(source.above)
        read.append(_marks(source) if apart else _read_marks(f"{source.above} {source.text}")[0])
    return {key for marks in read for key, _ in marks.values()}


def _ends_in_sign(text: str) -> bool:
    last = text.rsplit(None, 1)[-1:]
    return bool(last) and not any(map(str.isalnum, last[0])) and _read_marks(text)[1]


_Marks = dict[tuple[int, int], tuple[str, str]]


@once
def _marks(read: Facts) -> _Marks:
    """By place: each stretch between spaces that has a mark, folded, and as it is to be shown."""
    return _read_marks(read.text)[0]


def _read_marks(text: str) -> tuple[_Marks, bool]:
    """The marks, and whether the last is a sign that stands apart: it is read with what follows."""
    found: _Marks = {}
    if not _MAY_MARK.search(text):
        return found, False
    before: tuple[int, str] | None = None
    for match in _CHUNK.finditer(text):
        chunk = match.group()
        if before is None and chunk.isascii() and chunk.isalnum():
            continue
        tokens = visible(chunk)
        shown = chunk.strip(".,;:!?()[]\"'“”‘’*`_")
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
    return found, before is not None


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
