"""A passage cut into pieces, each marked as gold, cited, both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evals.metrics.spans import GoldSpan, same_version


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A run of characters that have the same marks."""

    text: str
    gold: bool = False
    cited: bool = False


def pieces(
    text: str, place: GoldSpan, gold: Sequence[GoldSpan], cited: Sequence[GoldSpan]
) -> list[MarkedPiece]:
    """``text`` stands at ``place``; the pieces joined are the text.

    >>> v = "0123456789abcdef"
    >>> [(p.text, p.gold) for p in pieces("abcdef", GoldSpan(v, 10, 16), [GoldSpan(v, 12, 14)], [])]
    [('ab', False), ('cd', True), ('ef', False)]
    """
    marks = [(span, True) for span in gold] + [(span, False) for span in cited]
    inside = [
        (max(span.start - place.start, 0), min(span.end - place.start, len(text)), is_gold)
        for span, is_gold in marks
        if same_version(span.version, place.version)
    ]
    inside = [(start, end, is_gold) for start, end, is_gold in inside if start < end]
    bounds = sorted({0, len(text), *(at for start, end, _ in inside for at in (start, end))})
    found: list[MarkedPiece] = []
    for start, end in pairwise(bounds):
        over = [is_gold for first, last, is_gold in inside if first <= start and end <= last]
        found.append(MarkedPiece(text[start:end], True in over, False in over))
    return found
