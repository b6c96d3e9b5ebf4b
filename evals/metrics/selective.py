"""Answering only some questions: abstention as a classifier, and what risk each coverage costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class AbstentionRates:
    """Abstaining taken as the detection of questions that the documents do not answer."""

    precision: float | None
    recall: float | None
    abstained: int
    unanswerable: int


def abstention(answerable: Sequence[bool], answered: Sequence[bool]) -> AbstentionRates:
    """Precision: of those abstained from, the share that had no answer. Recall: the other way round.

    >>> abstention([True, False, False], [False, False, True])
    AbstentionRates(precision=0.5, recall=0.5, abstained=2, unanswerable=2)
    """
    silent = [not one for one in answered]
    right = sum(quiet and not could for quiet, could in zip(silent, answerable, strict=True))
    nowhere = sum(not could for could in answerable)
    return AbstentionRates(
        right / sum(silent) if any(silent) else None,
        right / nowhere if nowhere else None,
        sum(silent),
        nowhere,
    )


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering everything that scores at least ``score`` answers ``coverage`` and errs on ``risk`` of it."""

    score: float
    coverage: float
    risk: float


def risk_coverage(scores: Sequence[float], right: Sequence[bool]) -> list[RiskPoint]:
    """The curve, from the surest question to all of them; equal scores are answered together.

    El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification", JMLR 11.
    """
    ranked = sorted(zip(scores, right, strict=True), key=lambda pair: -pair[0])
    points: list[RiskPoint] = []
    taken = wrong = 0
    for score, group in groupby(ranked, key=lambda pair: pair[0]):
        some = [ok for _, ok in group]
        taken += len(some)
        wrong += len(some) - sum(some)
        points.append(RiskPoint(score, taken / len(ranked), wrong / taken))
    return points


def area(scores: Sequence[float], right: Sequence[bool]) -> float | None:
    """Area under the risk-coverage curve: the mean risk over coverages 1/n to 1; lower is better.

    Geifman, Uziel and El-Yaniv 2019, "Bias-reduced uncertainty estimation for deep neural classifiers",
    ICLR. Equal scores count as if answered in every order, by the expected number of errors.

    >>> area([3, 2, 1], [True, True, False])
    0.1111111111111111
    """
    if not scores:
        return None
    ranked = sorted(zip(scores, right, strict=True), key=lambda pair: -pair[0])
    risks: list[float] = []
    taken, wrong = 0, 0.0
    for _, group in groupby(ranked, key=lambda pair: pair[0]):
        some = [ok for _, ok in group]
        share = 1 - sum(some) / len(some)
        for _ in some:
            taken, wrong = taken + 1, wrong + share
            risks.append(wrong / taken)
    return sum(risks) / len(risks)


def best_area(right: Sequence[bool]) -> float | None:
    """The area of a score that puts everything right first: what no score can beat at this accuracy.

    >>> best_area([True, True, False])
    0.1111111111111111
    """
    return area([float(-place) for place in range(len(right))], sorted(right, reverse=True))


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive scores above a negative, ties counting half; None without both.

    >>> auroc([3, 2, 1], [True, False, True])
    0.5
    """
    yes = [score for score, one in zip(scores, positive, strict=True) if one]
    no = [score for score, one in zip(scores, positive, strict=True) if not one]
    if not yes or not no:
        return None
    return sum((a > b) + 0.5 * (a == b) for a in yes for b in no) / (len(yes) * len(no))
