"""Where each word of a line begins in its text, and between which edges it stands on the page."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Sequence

_TOKEN = re.compile(r"\S+")
_DOTS = "…"
_LEADER = re.compile(r"[.·…_]*")

Word = tuple[str, float, float]
"""A word as PDFium has it, with its left and right edge in points."""


def word_marks(text: str, words: Sequence[Word], cleaned: Callable[[str], str]) -> array[int]:
    """Three numbers a word: its offset in ``text``, and its left and right edge in tenths of a point.

    ``cleaned`` does to a word what was done to the line. Where the words cannot be told apart in ``text``,
    the whole line is one mark: its rectangle then holds more than the words, never less.

    >>> list(word_marks("Ask first", [("Ask", 72.0, 90.0), ("first", 93.04, 110.0)], str))
    [0, 720, 900, 4, 930, 1100]
    """
    places = [found.start() for found in _TOKEN.finditer(text)]
    if len(places) == len(words):
        return _marks(places, [(left, right) for _, left, right in words])
    edges = _matched(_TOKEN.findall(text), [(cleaned(word), left, right) for word, left, right in words])
    return whole_line(words) if edges is None else _marks(places, edges)


def whole_line(words: Sequence[Word]) -> array[int]:
    """The line as one mark."""
    return _marks([0], [(min(word[1] for word in words), max(word[2] for word in words))])


def joined(before: array[int], after: array[int], shift: int) -> array[int]:
    """The marks of two lines that became one; the second's text begins at ``shift``."""
    moved = array("i", after)
    for place in range(0, len(moved), 3):
        moved[place] += shift
    return before + moved


def shortened(marks: array[int], by: int) -> array[int]:
    """The marks of a line of which ``by`` characters went between the first word and the second."""
    left = array("i", marks)
    for place in range(3, len(left), 3):
        left[place] -= by
    return left


def _marks(places: Sequence[int], edges: Sequence[tuple[float, float]]) -> array[int]:
    flat = array("i")
    for place, (left, right) in zip(places, edges, strict=True):
        flat.extend((place, math.floor(left * 10), math.ceil(right * 10)))
    return flat


def _matched(tokens: list[str], words: list[Word]) -> list[tuple[float, float]] | None:
    """The edges of each token, which several words may have become; None where they do not fit."""
    edges: list[tuple[float, float]] = []
    at = 0
    for token in tokens:
        taken: list[Word] = []
        held = ""
        while at < len(words) and held != token:
            word = words[at]
            # Dots that lead to a page number became one sign.
            leads = token == _DOTS and bool(_LEADER.fullmatch(word[0]))
            if not leads and not token.startswith(held + word[0]):
                break
            held += "" if leads else word[0]
            taken.append(word)
            at += 1
        fits = held == token or (token == _DOTS and not held)
        boxes = [word for word in taken if word[0]] or taken
        if not fits or not boxes:
            return None
        edges.append((min(word[1] for word in boxes), max(word[2] for word in boxes)))
    return edges if all(not word[0] for word in words[at:]) else None
