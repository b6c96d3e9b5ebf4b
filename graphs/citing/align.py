"""Find the words of a passage that support a claim."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from graphs.text.sentences import units
from graphs.text.words import content_words, distinct_content_words

WINDOW = 3
"""A citation spans at most this many consecutive sentences."""

MIN_OVERLAP = 0.2
"""Share of a claim's weight a span must hold to be taken at all."""


FIRST_UNSPACED = "\u2e80"
"""Chinese, Japanese and most other scripts without spaces come after this character."""


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` of the passage it was found in; ``score`` is the share of the claim it holds."""

    start: int
    end: int
    score: float
    how: str


def find_quote(quote: str, text: str) -> Span | None:
    """Where ``quote`` stands in ``text``, character for character; white space may differ.

    The span covers the words as the text has them, so what is cited is always the source's own. It never
    begins or ends inside a word or a number: "2 years" is not a quote of "12 years".

    >>> find_quote("two  years", "for two\\nyears.")
    Span(start=4, end=13, score=1.0, how='quote')
    """
    parts = quote.split()
    if not parts:
        return None
    for match in re.finditer(r"\s+".join(re.escape(part) for part in parts), text):
        if not (joined(text, match.start()) or joined(text, match.end())):
            return Span(match.start(), match.end(), 1.0, "quote")
    return None


def whole_sentences(span: Span, text: str) -> Span:
    """``span``, extended to the sentences it touches: words out of their sentence can say the opposite.

    >>> text = "Keep the box. Returns are not free. Thanks."
    >>> whole_sentences(Span(30, 34, 1.0, "quote"), text)
    Span(start=14, end=35, score=1.0, how='quote')
    """
    touched = [unit for unit in units(text) if unit.start < span.end and span.start < unit.end]
    start = min([span.start, *(unit.start for unit in touched)])
    end = max([span.end, *(unit.end for unit in touched)])
    return replace(span, start=start, end=end)


def joined(text: str, at: int) -> bool:
    """Whether the characters on both sides of ``at`` belong to one word or number."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after.isdigit() and before in ".,:/-":
        return at > 1 and text[at - 2].isdigit()
    if before.isdigit() and after in ".,:/-":
        return at + 1 < len(text) and text[at + 1].isdigit()
    # Scripts that set no spaces between words have no such places.
    return before.isalnum() and after.isalnum() and max(before, after) < FIRST_UNSPACED


def best_span(claim: str, text: str, weight: Callable[[str], float] = lambda _word: 1.0) -> Span | None:
    """The one to three consecutive sentences that hold most of the claim's content words.

    Words weigh by ``weight`` (inverse document frequency). Among equals the shortest span wins, then the
    first. None when no span reaches ``MIN_OVERLAP``.
    """
    # In the claim's order: another order of addition gives another last digit, and with it another span.
    weights = {word: weight(word) for word in content_words(claim)}
    total = sum(weights.values())
    if not total:
        return None
    pieces = [unit for unit in units(text) if unit.kind != "heading"]
    held = [weights.keys() & distinct_content_words(unit.of(text)) for unit in pieces]
    order = {word: place for place, word in enumerate(weights)}
    best: Span | None = None
    rank: tuple[float, int] = (MIN_OVERLAP, 0)
    for first in range(len(pieces)):
        words: set[str] = set()
        for last in range(first, min(first + WINDOW, len(pieces))):
            words |= held[last]
            length = pieces[last].end - pieces[first].start
            score = sum([weights[word] for word in sorted(words, key=order.__getitem__)]) / total
            # A longer span must bring a twentieth of the claim more than a shorter one.
            adjusted = score - 0.05 * (last - first)
            if (adjusted, -length) > rank:
                rank = (adjusted, -length)
                best = Span(pieces[first].start, pieces[last].end, score, "aligned")
    return best


def idf_weights(texts: Iterable[str]) -> Callable[[str], float]:
    """Inverse document frequency over the sentences of ``texts``: rare words tell sentences apart."""
    sentences: list[frozenset[str]] = []
    for text in texts:
        sentences += [distinct_content_words(unit.of(text)) for unit in units(text)]
    counts: Counter[str] = Counter(word for sentence in sentences for word in sentence)
    size = len(sentences)

    def weight(word: str) -> float:
        return math.log((size + 1) / (counts[word] + 0.5)) + 1.0

    return weight
