"""A text of which some characters are not shown: as long as before, so that offsets stay true."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "█"
"""Stands for one character. White space stays, so that lines and rows stay what they are."""


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with what lies from ``start`` to ``end`` of each span masked.

    >>> masked("key AB-12 here", [(4, 9)])
    'key █████ here'
    """
    letters = list(text)
    for start, end in spans:
        for at in range(max(start, 0), min(end, len(letters))):
            if not letters[at].isspace():
                letters[at] = MASK
    return "".join(letters)


def is_masked_form(shown: str, text: str) -> bool:
    """Whether ``shown`` is ``text``, or ``text`` with some characters masked.

    >>> is_masked_form("key ██", "key AB"), is_masked_form("key ██", "key ABC"), is_masked_form("key", "kez")
    (True, False, False)
    """
    return len(shown) == len(text) and all(
        mine in (theirs, MASK) for mine, theirs in zip(shown, text, strict=True)
    )


def pattern_of(shown: str) -> str:
    """A pattern of the texts that it may be a masked form of."""
    return re.escape(shown).replace(re.escape(MASK), r"\S")
