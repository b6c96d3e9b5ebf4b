"""From which score on at most a share of the answers is wrong, said with a stated confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
"""In at most one of twenty calibrations may the rule let out more wrong answers than it was told to."""

STEPS = 100
"""Thresholds a unit of score: they are tried at 0, .01, .02, ..."""

TOP = 150
"""The highest threshold tried, in steps: above all that a score can be (1.26)."""

STARTS = tuple(range(120, 40, -10))
"""Thresholds that the tests' error is divided among, in steps: fixed before any question was scored, as the
bound demands."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the calibration's questions ``answered`` score at least ``score``; ``wrong`` of them wrongly."""

    score: float
    answered: int
    wrong: int


def tallies(outcomes: Iterable[tuple[float, bool]]) -> list[Tally]:
    """(score, whether the answer was right) of each question -> a tally for every threshold, rising.

    >>> [(one.score, one.answered, one.wrong) for one in tallies([(0.015, True), (0.01, False)])][:3]
    [(0.0, 2, 1), (0.01, 2, 1), (0.02, 0, 0)]
    """
    known = list(outcomes)
    found = []
    for step in range(TOP + 1):
        score = step / STEPS
        right = [ok for reached, ok in known if reached >= score]
        found.append(Tally(score, len(right), right.count(False)))
    return found


def least_score(counted: Sequence[Tally], most_wrong: float) -> Tally | None:
    """The least threshold from which P(wrong | answered) is at most ``most_wrong``; None where none is.

    With probability ``CONFIDENCE`` over the calibration's questions the bound holds at what is returned, if
    those are independent and what is asked later is drawn as they were. Learn then Test: a threshold passes
    when so few wrong answers, or fewer, would come of a true share of ``most_wrong`` with a chance (exact,
    binomial) of at most what is left of 1 - ``CONFIDENCE``. That is divided equally among ``STARTS``; a
    threshold that passes hands what it had to the next lower one, one that fails has used it up (the
    fallback procedure).

    Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then Test: Calibrating predictive algorithms to
    achieve risk control", arXiv:2110.01052; Wiens and Dmitrienko 2005, "The fallback procedure for evaluating
    a single family of hypotheses", J. Biopharm. Stat. 15 (as a graph: Bretz and others 2009, Stat. Med. 28).
    For one bound Geifman and El-Yaniv 2017, "Selective classification for deep neural networks", NIPS.

    Raises:
        ValueError: the share is not above 0 and below 1, or a threshold has no tally.
    """
    if not 0 < most_wrong < 1:
        raise ValueError(f"a share of wrong answers is above 0 and below 1, not {most_wrong}")
    if len(counted) != TOP + 1:
        raise ValueError(f"there are {TOP + 1} thresholds, not {len(counted)}")
    found, left = None, 0.0
    for step in range(TOP, -1, -1):
        one = counted[step]
        left += (1 - CONFIDENCE) / len(STARTS) if step in STARTS else 0.0
        if chance_of_so_few(one.wrong, one.answered, most_wrong) <= left:
            found = one
        else:
            left = 0.0
    return found


def least_share(counted: Sequence[Tally]) -> float | None:
    """The least share of wrong answers, in hundredths, that some threshold holds to; None where none does."""
    shares = (hundredth / 100 for hundredth in range(1, 100))
    return next((share for share in shares if least_score(counted, share)), None)


def chance_of_so_few(wrong: int, answered: int, share: float) -> float:
    """P(X <= wrong) of X ~ Binomial(answered, share), 0 < share < 1: the p-value of "more than that share".

    >>> round(chance_of_so_few(0, 28, 0.1), 4)
    0.0523
    """
    total = 0.0
    for hits in range(wrong + 1):
        ways = math.lgamma(answered + 1) - math.lgamma(hits + 1) - math.lgamma(answered - hits + 1)
        total += math.exp(ways + hits * math.log(share) + (answered - hits) * math.log1p(-share))
    return min(total, 1.0)
