"""What was taken out of one text goes from those that follow too, where nothing says what it is.

A password is known by the words before it; the answer "no document has the name …" repeats it without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "[redacted]"
LEAST = 6
"""Characters of a value: shorter ones stand in other words."""

_PIECE = re.compile(r"[^\s\"'`|,;<>()\[\]{}]+")


class KnownValues:
    """Up to ``most`` values, in memory; the oldest go first."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._values: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None

    def remember(self, text: str, redacted: str) -> None:
        """Note what of ``text`` is not in ``redacted``."""
        fresh = [one for one in _pieces(text) if one not in redacted and one not in self._values]
        if not fresh:
            return
        values = {**self._values, **dict.fromkeys(fresh)}
        self._values = dict.fromkeys([*values][-self._most :])
        longest = sorted(self._values, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)))

    def masked(self, text: str) -> str:
        """``text`` without the values that are known."""
        return self._pattern.sub(MASK, text) if self._pattern is not None else text


def _pieces(text: str) -> Iterator[str]:
    """Those that are no plain words."""
    for match in _PIECE.finditer(text):
        piece = match[0].strip(".:!?")
        if len(piece) >= LEAST and not piece.isalpha():
            yield piece
