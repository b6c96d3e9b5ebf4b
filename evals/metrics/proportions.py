"""Shares with their intervals, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Sequence


def wilson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of a share (Wilson 1927, JASA 22, p. 209); (0, 1) for no trials.

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if n == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest

    low, high = binomtest(hits, n).proportion_ci(level, method="wilson")
    return float(low), float(high)


def shown_share(hits: int, n: int) -> str:
    """A share with its counts and Wilson interval, for a table.

    >>> shown_share(8, 10)
    '0.80 (8/10; 0.49–0.94)'
    """
    low, high = wilson(hits, n)
    return f"{hits / max(n, 1):.2f} ({hits}/{n}; {low:.2f}–{high:.2f})"


def none_seen(n: int, level: float = 0.95) -> float:
    """How often a thing may still happen that was seen in none of ``n`` trials: the exact upper bound.

    The "rule of three", 3/n, is its approximation (Hanley and Lippman-Hand 1983, JAMA 249).

    >>> round(none_seen(300), 4)
    0.0099
    """
    if n == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(0, n, alternative="less").proportion_ci(level, method="exact").high)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The ``share`` quantile by linear interpolation (type 7 of Hyndman and Fan 1996); None of nothing.

    >>> percentile([1, 2, 3, 4], 0.5)
    2.5
    """
    if not values:
        return None
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
