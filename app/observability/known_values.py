"""What was taken out of one text goes from those that follow too, where nothing says what it is.

A password is known by the words before it; the answer "no document has the name …" repeats it without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "[redacted]"
LEAST = 6
"""Characters of a value: shorter ones stand in other words."""

WORD = 5
"""Letters and figures of a word of a value: names in a question are such words."""

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")

_PIECE = re.compile(r"[^\s\"'`|,;<>()\[\]{}]+")
_WORD = re.compile(rf"[^\W_]{{{WORD},}}")


class KnownValues:
    """Up to ``most`` values and as many words of them, in memory; the oldest go first."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._values: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None
        self._words: dict[str, None] = {}

    def remember(self, text: str, redacted: str) -> None:
        """Note what of ``text`` is not in ``redacted``."""
        said = redacted.casefold()
        words = dict.fromkeys(one for one in _words(text) if one not in said)
        self._words = dict.fromkeys([*{**self._words, **words}][-self._most :])
        fresh = [one for one in _pieces(text) if one not in redacted and one not in self._values]
        if not fresh:
            return
        values = {**self._values, **dict.fromkeys(fresh)}
        self._values = dict.fromkeys([*values][-self._most :])
        longest = sorted(self._values, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)))

    def masked(self, text: str) -> str:
        """``text`` without the values that are known."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        if self._words:
            text = _WORD.sub(lambda found: MASK if found[0].casefold() in self._words else found[0], text)
        return text


def _pieces(text: str) -> Iterator[str]:
    """Those that are no plain words."""
    for match in _PIECE.finditer(text):
        piece = match[0].strip(".:!?")
        if len(piece) >= LEAST and not piece.isalpha():
            yield piece


def _words(text: str) -> Iterator[str]:
    """In lower case; of e-mail addresses only what has a figure: the rest names firms and people's hosts."""
    for match in _WORD.finditer(text):
        if not match[0].isalpha():
            yield match[0].casefold()
    for match in _WORD.finditer(EMAIL.sub(" ", text)):
        yield match[0].casefold()
