"""Whether a rate is still what it was: limits from a baseline, for groups of answers one after the other.

Two charts, since each sees what the other does not. A group by itself (Shewhart's p-chart) is held to the
interval that a group of its size falls into with probability 1 - ``ALPHA`` given the baseline's counts: the
quantiles of the beta-binomial distribution with Jeffreys' prior, so that a small baseline has wide limits and
rare events have limits that a normal approximation would not. The exponentially weighted mean of all groups
(Roberts, 1959, Technometrics 1; constants for an average run of 500 groups: Lucas and Saccucci, 1990,
Technometrics 32, table 3) sees small shifts that last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

ALPHA = 0.0027
"""Of one group: that of three standard deviations, as Shewhart's charts have it."""

WEIGHT = 0.2
WIDTH = 2.962
"""The newest group's weight, and standard errors to the limits."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """``count`` of ``of`` answers were so when all was well."""

    count: int
    of: int

    @property
    def rate(self) -> float:
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Chart:
    """The newest whole group: its rate and limits, the weighted mean and its limits. ``since``: how many
    groups it has been out, 0 while it is within."""

    groups: int
    rate: float
    low: float
    high: float
    mean: float
    mean_low: float
    mean_high: float
    since: int

    @property
    def out(self) -> bool:
        return self.since > 0


@lru_cache(maxsize=1024)
def group_limits(baseline: Baseline, size: int, alpha: float = ALPHA) -> tuple[int, int]:
    """The least and the greatest count of a group of ``size`` answers that is within.

    >>> group_limits(Baseline(50, 1000), 100)
    (0, 13)
    """
    a, b = baseline.count + 0.5, baseline.of - baseline.count + 0.5
    upto, low, high = 0.0, 0, size
    for count in range(size + 1):
        before = upto
        upto += math.exp(_log_beta_binomial(count, size, a, b))
        if before <= alpha / 2 < upto:
            low = count
        if before < 1 - alpha / 2 <= upto:
            high = count
            break
    return low, high


def charts(groups: Sequence[tuple[int, int]], baseline: Baseline) -> list[Chart]:
    """The chart as it was after each of the groups in their order, each (how many were so, of how many). One
    of no answers is passed over."""
    # A rate of 0 or 1 in the baseline has a spread too: as of half an answer more.
    p = (baseline.count + 0.5) / (baseline.of + 1)
    mean, variance, since = p, 0.0, 0
    found: list[Chart] = []
    for number, (count, size) in enumerate((one for one in groups if one[1]), 1):
        low, high = group_limits(baseline, size)
        mean += WEIGHT * (count / size - mean)
        variance = (1 - WEIGHT) ** 2 * variance + WEIGHT**2 * p * (1 - p) / size
        # The baseline's own error does not shrink with more groups.
        spread = WIDTH * math.sqrt(variance + p * (1 - p) / baseline.of)
        since = 0 if low <= count <= high and abs(mean - p) <= spread else since + 1
        limits = (low / size, high / size, mean, max(0.0, p - spread), min(1.0, p + spread))
        found.append(Chart(number, count / size, *limits, since))
    return found


def _log_beta_binomial(count: int, size: int, a: float, b: float) -> float:
    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    choose = -math.log(size + 1) - log_beta(size - count + 1, count + 1)
    return choose + log_beta(count + a, size - count + b) - log_beta(a, b)
