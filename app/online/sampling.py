"""Which answers are judged, and how many each then stands for.

What went wrong is always taken: a thumb down, an abstention, a guard that stopped something. Of the rest a
share is, by the answer's id, so that every process takes the same. Each has the inverse of its probability
as its weight (Horvitz and Thompson, 1952), so that weighted sums stand for all answers and not for the bad
ones. The weight is by what is known of an answer now: one that was drawn, and disliked later, counts once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.online.store import CheckedAnswer


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """An answer that was taken, why, and how many it stands for."""

    answer: CheckedAnswer
    why: str
    weight: float


@dataclass(frozen=True, slots=True)
class JudgedShare:
    """The share of ``population`` answers that a judge passes, estimated from ``judged`` of the ``taken``.

    ``low`` and ``high``: of the 95 % interval that the draw alone gives (normal; Horvitz and Thompson's
    variance for independent draws), within 0 to 1.
    """

    share: float
    low: float
    high: float
    judged: int
    taken: int
    population: int


def always_taken(answer: CheckedAnswer) -> str:
    """Why an answer is always taken; empty where it is one of the rest."""
    if answer.disliked:
        return "thumbs down"
    if answer.checks.get("abstained"):
        return "abstained"
    return "guard" if answer.checks.get("guard") else ""


def taken(answer: CheckedAnswer, share: float, seed: str) -> TakenAnswer | None:
    """The answer where it is taken. ``share``: of the rest, above 0 and at most 1; ``seed`` names the
    draw."""
    if not 0 < share <= 1:
        raise ValueError("the share of answers that are sampled is above 0 and at most 1")
    if why := always_taken(answer):
        return TakenAnswer(answer, why, 1.0)
    digest = hashlib.sha256(f"{seed}\0{answer.id}".encode()).digest()
    drawn = int.from_bytes(digest[:8]) / 2**64
    return TakenAnswer(answer, "sample", 1.0 / share) if drawn < share else None


def weighted_mean(values: Iterable[tuple[TakenAnswer, float]], population: int) -> float:
    """The mean over all ``population`` answers, estimated from the values of those that were taken.

    Without bias over seeds: each answer is taken with the probability whose inverse is its weight.
    """
    if population < 1:
        raise ValueError("a mean is over one answer or more")
    return sum(one.weight * value for one, value in values) / population


def judged_share(
    answers: Sequence[CheckedAnswer], said: Mapping[str, bool | None], share: float, seed: str
) -> JudgedShare | None:
    """What a judge passes of all ``answers`` (those it applies to); None where it judged none.

    Where some that were taken are not judged, those that are stand for them by the sum of their weights (a
    ratio, whose bias goes with the number of answers); ``judged`` and ``taken`` tell.
    """
    drawn = [each for one in answers if (each := taken(one, share, seed))]
    known = [(one, float(said[one.answer.id] or 0)) for one in drawn if said.get(one.answer.id) is not None]
    if not known:
        return None
    whole = len(known) == len(drawn)
    over = len(answers) if whole else sum(one.weight for one, _ in known)
    found = sum(one.weight * value for one, value in known) / over
    # Of a ratio the residuals vary, of a total the values do.
    centre = 0.0 if whole else found
    spread = (
        math.sqrt(sum(one.weight * (one.weight - 1) * (value - centre) ** 2 for one, value in known)) / over
    )
    low, high = (min(1.0, max(0.0, found + sign * 1.96 * spread)) for sign in (-1, 1))
    return JudgedShare(min(1.0, found), low, high, len(known), len(drawn), len(answers))
