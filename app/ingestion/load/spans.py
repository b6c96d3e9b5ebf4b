"""Spans of a text that are taken out of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from app.ingestion.load.hidden import HiddenWords
from app.registry.document import HiddenKind


@dataclass(frozen=True, slots=True)
class Cut:
    """``text[start:end]``, how it is hidden, and the words in it; none where it holds no words."""

    start: int
    end: int
    how: str
    words: str = ""
    kind: HiddenKind = "set-aside"


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with spaces in the place of spans, line ends kept: offsets stay what they are.

    >>> masked("one two", [(0, 3)])
    '    two'
    """
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end > start:
            parts += (text[at:start], re.sub(r"[^\n]", " ", text[start:end]))
            at = end
    return "".join([*parts, text[at:]])


def cut_out(text: str, cuts: Iterable[Cut], hidden: HiddenWords, place: str = "") -> str:
    """The text without the spans, noted with their lines (or ``place``); lines that are left empty go too."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    parts: list[str] = []
    at = 0
    for cut in sorted(cuts, key=lambda one: (one.start, -one.end)):
        where = place or f"line {bisect_right(starts, cut.start)}"
        if cut.end <= at and cut.kind == "set-aside":
            continue  # inside another that is noted already
        hidden.add(cut.how, cut.words, where, cut.kind)
        if cut.kind == "doubtful" or cut.end <= at:
            continue
        start, end = max(cut.start, at), cut.end
        line = text.rfind("\n", 0, start) + 1
        if not text[max(line, at) : start].strip() and line >= at and text[end : end + 1] == "\n":
            start, end = line, end + 1
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]])
