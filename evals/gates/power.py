"""How many items a difference takes to be seen, and what difference so many items can show."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

CORRELATION = 0.8
"""Assumed between two runs where only one is known: unchanged items agree, a few flip."""


@dataclass(frozen=True, slots=True)
class Spread:
    """``sd`` of one item's paired difference; ``effect``: how much clusters inflate its mean's variance."""

    sd: float
    effect: float
    measured: bool


def spread_between(
    baseline: Sequence[float], candidate: Sequence[float], clusters: Sequence[Hashable]
) -> Spread:
    """Measured on two runs of the same items."""
    differences = np.asarray(candidate, dtype=float) - np.asarray(baseline, dtype=float)
    return Spread(_sd(differences), design_effect(differences, clusters), True)


def spread_within(
    values: Sequence[float], clusters: Sequence[Hashable], correlation: float = CORRELATION
) -> Spread:
    """From one run, for a second that correlates with it: Var(d) = 2 Var(x) (1 - correlation)."""
    sd = _sd(np.asarray(values, dtype=float)) * math.sqrt(2 * (1 - correlation))
    return Spread(sd, design_effect(values, clusters), False)


def design_effect(values: Sequence[float] | np.ndarray, clusters: Sequence[Hashable]) -> float:
    """The cluster-robust variance of the mean by that of independent items; at least 1 (Kish 1965).

    >>> design_effect([1, 1, 0, 0], ["a", "a", "b", "b"])
    3.0
    """
    data = np.asarray(values, dtype=float)
    _, of = np.unique([repr(cluster) for cluster in clusters], return_inverse=True)
    groups = int(of.max()) + 1 if len(data) else 0
    spread = float(((data - data.mean()) ** 2).sum()) if len(data) > 1 else 0.0
    if groups < 2 or spread == 0:
        return 1.0
    sums = np.bincount(of, weights=data - data.mean())
    robust = groups / (groups - 1) * float(sums @ sums)
    plain = len(data) / (len(data) - 1) * spread
    return max(robust / plain, 1.0)


def items_needed(difference: float, spread: Spread, alpha: float = 0.05, power: float = 0.8) -> int:
    """Items for a one-sided paired test: ``effect * ((z(1-alpha) + z(power)) * sd / difference)^2``.

    Miller 2024, arXiv:2411.00640, section 5.

    >>> items_needed(0.05, Spread(0.3, 1.0, True))
    223
    """
    return math.ceil(spread.effect * (_z(alpha, power) * spread.sd / difference) ** 2)


def detectable(n: int, spread: Spread, alpha: float = 0.05, power: float = 0.8) -> float:
    """The smallest true difference that ``n`` items show with that power.

    >>> round(detectable(223, Spread(0.3, 1.0, True)), 3)
    0.05
    """
    return _z(alpha, power) * spread.sd * math.sqrt(spread.effect / n)


def _z(alpha: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha) + normal.inv_cdf(power)


def _sd(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
