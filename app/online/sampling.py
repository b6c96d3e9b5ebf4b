"""Which answers are looked at closely, and how much each then stands for.

What went wrong is always taken: a thumb down, an abstention, a guard that stopped something. Of the rest a
share is, by the answer's id, so that every process takes the same. Each has the inverse of its probability
as its weight (Horvitz and Thompson, 1952), so that weighted sums stand for all answers and not for the bad
ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.observability.facts import facts_of


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """An answer that was taken, why, and how many it stands for."""

    answer: Mapping[str, Any]
    why: str
    weight: float


def always_taken(answer: Mapping[str, Any], thumbs_down: bool = False) -> str:
    """Why an answer is always taken; empty where it is one of the rest."""
    if thumbs_down:
        return "thumbs down"
    facts = facts_of(answer)
    if facts.status == "abstained":
        return "abstained"
    return "guard" if facts.withheld else ""


def sampled(
    answer: Mapping[str, Any], share: float, seed: str, thumbs_down: bool = False
) -> SampledAnswer | None:
    """The answer where it is taken. ``share``: of the rest, above 0 and at most 1; ``seed`` names the
    draw."""
    if not 0 < share <= 1:
        raise ValueError("the share of answers that are sampled is above 0 and at most 1")
    if why := always_taken(answer, thumbs_down):
        return SampledAnswer(answer, why, 1.0)
    digest = hashlib.sha256(f"{seed}\0{answer.get('id', '')}".encode()).digest()
    drawn = int.from_bytes(digest[:8]) / 2**64
    return SampledAnswer(answer, "sample", 1.0 / share) if drawn < share else None


def weighted_mean(values: Iterable[tuple[SampledAnswer, float]], population: int) -> float:
    """The mean over all ``population`` answers, estimated from the values of those that were taken.

    Without bias over seeds: each answer is taken with the probability whose inverse is its weight.
    """
    if population < 1:
        raise ValueError("a mean is over one answer or more")
    return sum(one.weight * value for one, value in values) / population
