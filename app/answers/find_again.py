"""Do the words an answer cited still stand where it said? Texts in, a state out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from graphs.citing.align import joined
from graphs.text.masked import is_masked_form, pattern_of
from graphs.text.sentences import units
from graphs.text.words import content_words, words

State = Literal["in place", "moved", "changed", "gone", "broken"]
"""``broken``: the quote is not what the cited version says at the cited place, so it never was a citation."""

AROUND = 200
"""Characters on each side of a quote that tell one occurrence from another."""

MAX_OCCURRENCES = 10_000
MIN_LIKENESS = 0.2
"""Sentences that share less of their content words with a quote are not shown as what became of it."""


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """The words an answer cited: ``quote == text[start:end]`` of the cited version, if all is well."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of a citation.

    ``start`` and ``end`` are where the words stand in the current text (``moved``), or the sentence that is
    most like them (``changed``, with ``likeness`` from 0 to 1); None where there is no such place.
    """

    state: State
    why: str = ""
    start: int | None = None
    end: int | None = None
    likeness: float | None = None


class CurrentText:
    """A document's text as it is today; its sentences are cut once for all citations."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def sentences(self) -> list[tuple[int, int, frozenset[str]]]:
        """(start, end, content words) of each sentence, item and row."""
        return [
            (unit.start, unit.end, frozenset(content_words(unit.of(self.text)))) for unit in units(self.text)
        ]


def broken(cited: QuotedPlace, stored: str) -> str:
    """Why the quote is not what the cited version says at the cited place; an empty string where it is.

    >>> broken(QuotedPlace("Ask", 0, 3), "Ask first."), broken(QuotedPlace("Ask", 4, 7), "Ask first.")
    ('', 'the cited version says something else at that place')
    """
    if not 0 <= cited.start < cited.end <= len(stored):
        return f"the cited version has {len(stored)} characters, and {cited.start}-{cited.end} is not in it"
    if not is_masked_form(cited.quote, stored[cited.start : cited.end]):
        return "the cited version says something else at that place"
    return ""


def verify(cited: QuotedPlace, stored: str | None, current: CurrentText) -> Verified:
    """Where the cited words stand in the current text.

    ``stored`` is the text of the cited version, whose quote was found good (see ``broken``), or None where
    that version is not kept; then only its place tells one occurrence from another. White space may differ.

    >>> verify(QuotedPlace("Ask first.", 0, 10), "Ask first.", CurrentText("New.\\n\\nAsk  first."))
    Verified(state='moved', why='', start=6, end=17, likeness=None)
    """
    text = current.text
    if cited.quote and is_masked_form(cited.quote, text[cited.start : cited.end]):
        return Verified("in place", start=cited.start, end=cited.end)
    found = occurrences(cited.quote, text)
    if found:
        start, end = _same(found, cited, stored, text)
        return Verified("moved", start=start, end=end)
    near = _nearest(cited, stored, current)
    if near is None:
        return Verified("changed", "its words are no longer there, nor any sentence like them")
    start, end, likeness = near
    return Verified("changed", "its words are no longer there", start, end, round(likeness, 3))


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    """Where ``quote`` stands in ``text`` as whole words, in order: exactly, or else with other white space.

    >>> occurrences("2 days", "12 days, or 2 days"), occurrences("two days", "for two\\ndays")
    ([(12, 18)], [(4, 12)])
    """
    parts = quote.split()
    if not parts:
        return []
    found = _whole(_exact(quote, text), text)
    if found:
        return found
    # Of a quote that was redacted, the characters that are shown.
    spaced = re.compile(r"\s+".join(pattern_of(part) for part in parts))
    return _whole((match.span() for match in spaced.finditer(text)), text)


def _exact(quote: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(quote)
    while start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)


def _whole(spans: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    whole = (span for span in spans if not (joined(text, span[0]) or joined(text, span[1])))
    return list(islice(whole, MAX_OCCURRENCES))


def _same(found: list[tuple[int, int]], cited: QuotedPlace, stored: str | None, text: str) -> tuple[int, int]:
    """Of several occurrences the one that was meant: the same words around it, then the same place."""
    if len(found) == 1:
        return found[0]
    if stored is None:
        return min(found, key=lambda span: abs(span[0] - cited.start))
    meant = _around(stored, cited.start, cited.end)
    before = occurrences(cited.quote, stored)
    # As many as before: then the third is still the third.
    order = bisect_left(before, (cited.start, cited.end)) if len(before) == len(found) else -1
    expected = _shifted(cited.start, stored, text)

    def rank(place: int) -> tuple[float, bool, int]:
        start, end = found[place]
        return _alike(meant, _around(text, start, end)), place == order, -abs(start - expected)

    return found[max(range(len(found)), key=rank)]


def _around(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The words before a place, the nearest first, and those after it."""
    before = words(text[max(0, start - AROUND) : start])
    return before[::-1], words(text[end : end + AROUND])


def _alike(one: tuple[list[str], list[str]], other: tuple[list[str], list[str]]) -> float:
    """How much the surroundings of two places have in common, 0 to 2. Where both have none, all."""
    return sum(_shared(mine, theirs) for mine, theirs in zip(one, other, strict=True))


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of words in common; nearer ones count more, as the edge of the window is cut anywhere."""
    if not mine or not theirs:
        return float(not mine and not theirs)
    known = set(theirs)
    weights = [1 / (1 + place) for place in range(len(mine))]
    return sum(weight for word, weight in zip(mine, weights, strict=True) if word in known) / sum(weights)


def _shifted(start: int, stored: str, text: str) -> int:
    """Where a place of the stored text is to be expected in the current one.

    What both begin with has not moved, what both end with has moved with the end; between them, halfway.
    """
    change = len(text) - len(stored)
    if start < _common(stored, text):
        return start
    if len(stored) - start <= _common(stored[::-1], text[::-1]):
        return start + change
    return start + change // 2


def _common(one: str, other: str) -> int:
    """How many characters both begin with, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _nearest(cited: QuotedPlace, stored: str | None, current: CurrentText) -> tuple[int, int, float] | None:
    """The run of as many sentences as the quote has that shares most content words with it.

    Shared words over all words of both (Jaccard); among equals the one nearest to the old place.
    """
    wanted = frozenset(content_words(cited.quote))
    if not wanted:
        return None
    sentences = current.sentences
    expected = _shifted(cited.start, stored, current.text) if stored is not None else cited.start
    best: tuple[float, int, int, int] | None = None
    most = max(len(units(cited.quote)), 1)
    for first, (start, _, _) in enumerate(sentences):
        held: set[str] = set()
        for _, end, words_of in sentences[first : first + most]:
            held |= words_of
            shared = len(wanted & held)
            if not shared:
                continue
            likeness = shared / (len(wanted) + len(held) - shared)
            rank = (likeness, -abs(start - expected), start, end)
            if best is None or rank > best:
                best = rank
    if best is None or best[0] < MIN_LIKENESS:
        return None
    return best[2], best[3], best[0]
