"""Citations against gold spans, and against what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.metrics.spans import ENOUGH, GoldSpan, found_share, overlap
from evals.metrics.words import holds, tokens


def citation_precision(cited: Sequence[GoldSpan], gold: Sequence[GoldSpan]) -> float | None:
    """The share of citations that share at least half of the shorter one with a gold span.

    None where nothing is cited. Where there is no gold, everything cited is wrong.
    """
    if not cited:
        return None
    return sum(any(_agree(place, span) for span in gold) for place in cited) / len(cited)


def citation_recall(cited: Sequence[GoldSpan], gold: Sequence[GoldSpan]) -> float | None:
    """The share of gold spans that the citations together cover by at least half; None without gold."""
    return found_share(cited, gold)


def citation_f1(cited: Sequence[GoldSpan], gold: Sequence[GoldSpan]) -> float | None:
    """The harmonic mean of precision and recall; 0 where nothing is cited, None without gold."""
    recall = citation_recall(cited, gold)
    if recall is None:
        return None
    precision = citation_precision(cited, gold) or 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def verbatim_claims(claims: Sequence[Mapping[str, Any]], quotes: Mapping[int, str]) -> float | None:
    """The share of claims whose words stand, in order, in one of their quotes; None without claims.

    >>> verbatim_claims([{"text": "It is red.", "citations": [1]}], {1: "The sky: it is red"})
    1.0
    """
    if not claims:
        return None
    said = [(tokens(claim["text"]), claim["citations"]) for claim in claims]
    held = [any(holds(tokens(quotes.get(n, "")), words) for n in numbers) for words, numbers in said]
    return sum(held) / len(held)


def _agree(place: GoldSpan, span: GoldSpan) -> bool:
    shorter = min(place.length, span.length)
    return shorter > 0 and overlap(place, span) >= ENOUGH * shorter
