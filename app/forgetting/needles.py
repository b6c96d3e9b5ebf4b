"""Many words looked for in bytes at once, in whatever encoding they may stand there."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

HEAD = 4
_HEX = frozenset("0123456789abcdef")


class FoundAt(NamedTuple):
    """A word, and the offset of its first byte."""

    word: str
    offset: int


class Needles:
    """Words as bytes: UTF-8, UTF-16 of both orders, JSON's escapes, composed and decomposed; either case.

    Case of letters beyond ASCII: as given, lower, upper, and with a capital. Words are found inside longer
    ones; numbers, and words that may be hexadecimal ones, are not.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        by_head: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for word in sorted(self.words):
            for form in _forms(word):
                if len(form) >= HEAD:
                    by_head[form[:HEAD]].append((form, word))
        self._by_head = dict(by_head)
        self._numbers = {word for word in self.words if not set(word.lower()) - _HEX}
        self.longest = max((len(form) for forms in by_head.values() for form, _ in forms), default=0)

    def __bool__(self) -> bool:
        return bool(self._by_head)

    def in_text(self, text: str) -> set[str]:
        """Which of the words are in a text."""
        return {found.word for found in self.find(text.encode("utf-8", "replace"))}

    def find(self, data: bytes) -> Iterator[FoundAt]:
        """Every place of every word, in order of place."""
        if not self._by_head or len(data) < HEAD:
            return
        import numpy as np

        lowered = data.lower()
        every = np.frombuffer(lowered, np.uint8).astype(np.uint32)
        heads = every[:-3] | every[1:-2] << 8 | every[2:-1] << 16 | every[3:] << 24
        wanted = np.array(sorted(int.from_bytes(head, "little") for head in self._by_head), np.uint32)
        begins = np.zeros(65_536, np.bool_)
        begins[wanted & 0xFFFF] = True
        # Most places go by their first two bytes; the rest are looked up.
        places = np.flatnonzero(begins[heads & 0xFFFF])
        nearest = np.minimum(np.searchsorted(wanted, heads[places]), len(wanted) - 1)
        for place in places[wanted[nearest] == heads[places]].tolist():
            seen: set[str] = set()
            for form, word in self._by_head[lowered[place : place + HEAD]]:
                if (
                    word not in seen
                    and lowered.startswith(form, place)
                    and (word not in self._numbers or _stands_alone(lowered, place, place + len(form)))
                ):
                    seen.add(word)
                    yield FoundAt(word, place)


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """Whether no digit goes on beside a number: in hashes and scores any six of them turn up."""
    before, after = data[start - 1 : start].decode("latin-1"), data[end : end + 1].decode("latin-1")
    decimals = before == "." and data[start - 2 : start - 1].isdigit()
    return not ((before in _HEX and before) or (after in _HEX and after) or decimals)


def _forms(word: str) -> set[bytes]:
    texts = {word, word.lower(), word.upper(), word.capitalize()}
    texts |= {unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in list(texts)}
    texts |= {json.dumps(text)[1:-1] for text in texts}
    return {
        text.encode(encoding, "surrogatepass").lower()
        for text in texts
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    }
