"""Editions of one document among the evidence: which is newer, and which of them a question means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphs.text.words import words

_MARK = re.compile(
    r"\b(?:version|edition|revision|release|rev|v)[ .]?(\d+(?:\.\d+)*|[a-z])\b"
    r"|\b(\d+(?:\.\d+)+|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)|\s[-–—|]\s.*$")
_OLDER = re.compile(
    r"\b(?:old|older|oldest|previous|previously|former|formerly|earlier|original|originally|used to)\b",
    re.IGNORECASE,
)

_NOW = re.compile(
    r"\b(?:current|currently|now|today|latest|newest|this year|these days|nowadays|new)\b", re.IGNORECASE
)

Edition = tuple[str, tuple[int, ...]]
"""The words of a title without what marks its edition, and the marks as numbers that can be ordered."""


def edition_of(title: str) -> Edition | None:
    """None for a title without a year, a version or a revision.

    >>> edition_of("Returns Policy 2026 (Europe)"), edition_of("Lamp data sheet, revision B")
    (('returns policy', (2026,)), ('lamp data sheet', (2,)))
    """
    plain = _ASIDE.sub("", title)
    marks = [match[1] or match[2] for match in _MARK.finditer(plain)]
    if not marks:
        return None
    order = [
        int(part) if part.isdigit() else ord(part.lower()) - 96 for one in marks for part in one.split(".")
    ]
    return " ".join(words(_MARK.sub(" ", plain))), tuple(order)


def outdated(question: str, titles: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs (left out, meant) of places in ``titles`` that are editions of one document.

    The newer one is meant, or the one that the question names; none is left out where it asks for what was.

    >>> outdated("How long may I keep it?", ["Returns 2024", "Returns 2026", "Leave 2025"])
    [(0, 1)]
    >>> outdated("How long might I keep it in 2024?", ["Returns 2024", "Returns 2026"])
    [(1, 0)]
    """
    if _OLDER.search(question):
        return []
    said = {match.group().lower().lstrip("v") for match in re.finditer(r"v?\d+(?:\.\d+)*", question.lower())}
    known = [edition_of(title) for title in titles]
    named = [
        bool({(match[1] or match[2]).lower() for match in _MARK.finditer(title)} & said) for title in titles
    ]
    return [
        (left, meant)
        for left, one in enumerate(known)
        for meant, other in enumerate(known)
        if one and other and one[0] == other[0] and (named[left], one[1]) < (named[meant], other[1])
        if not named[left]
    ]


def asks_for_now(question: str) -> bool:
    """Whether only what holds today will do."""
    return _NOW.search(question) is not None
