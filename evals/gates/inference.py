"""The mean of paired differences over clusters: its interval, and how likely chance alone made it.

Positive differences are improvements throughout.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.errors import needs_extra

SEED = 20261122
FLIPS = 10_000
EXACT_BELOW = 15
"""Up to so many clusters that differ, all sign flips are gone through instead of drawn."""


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """``low`` to ``high`` is the two-sided interval; ``least`` and ``most`` bound the one-sided ones of the
    same error rate. ``p_worse``: how likely a fall as large is where nothing changed."""

    n: int
    clusters: int
    mean: float
    low: float
    high: float
    least: float
    most: float
    p_worse: float


def paired_difference(
    differences: Sequence[float], clusters: Sequence[Hashable], level: float = 0.95, seed: int = SEED
) -> PairedDifference:
    """The mean difference of items that are independent between clusters, not within.

    Interval: Student's t with as many degrees of freedom as clusters less one, on the cluster-robust
    standard error of paired differences (Liang and Zeger 1986, Biometrika 73; Miller 2024, arXiv:2411.00640).
    p: the larger of that t test's and of the sign-flip test over clusters, which is exact under "the two
    systems are exchangeable" (Canay, Romano and Shaikh 2017, Econometrica 85), so that a handful of changed
    items, for which the t test is too sure, does not block.

    >>> found = paired_difference([-1, 0, 0, 0], ["a", "b", "c", "d"])
    >>> found.mean, found.p_worse >= 0.5
    (-0.25, True)

    Raises:
        EvalError: scipy is missing.
    """
    try:
        from scipy import stats
    except ImportError:
        raise needs_extra("scipy") from None
    values = np.asarray(differences, dtype=float)
    n = len(values)
    if n == 0:
        return PairedDifference(0, 0, math.nan, math.nan, math.nan, math.nan, math.nan, 1.0)
    _, of = np.unique([_key(cluster) for cluster in clusters], return_inverse=True)
    groups = int(of.max()) + 1
    mean = float(values.mean())
    if groups < 2:
        return PairedDifference(n, groups, mean, -math.inf, math.inf, -math.inf, math.inf, 1.0)
    sums = np.bincount(of, weights=values - mean)
    error = math.sqrt(groups / (groups - 1) * float(sums @ sums)) / n
    t = stats.t(groups - 1)
    two, one = float(t.ppf(0.5 + level / 2)) * error, float(t.ppf(level)) * error
    # Without spread the t test knows no doubt; the sign flips still do.
    p_t = float(t.cdf(mean / error)) if error > 0 else float(mean >= 0)
    p = max(p_t, sign_flip_p(np.bincount(of, weights=values), seed))
    return PairedDifference(n, groups, mean, mean - two, mean + two, mean - one, mean + one, p)


def sign_flip_p(sums: Any, seed: int = SEED) -> float:
    """The chance of a total at most this low when the sign of each cluster's sum is a coin's.

    Exact for few clusters; else ``FLIPS`` draws, counting the observed one (Phipson and Smyth 2010, Stat.
    Appl. Genet. Mol. Biol. 9).

    >>> sign_flip_p([-1, -1, -1])
    0.125
    """
    changed = np.asarray([value for value in sums if value != 0], dtype=float)
    if not len(changed):
        return 1.0
    total = float(changed.sum()) + 1e-12 * float(np.abs(changed).sum())
    if len(changed) <= EXACT_BELOW:
        patterns = (np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed))) & 1
        return float(np.mean((1 - 2 * patterns) @ changed <= total))
    random = np.random.default_rng(seed)
    flips = random.integers(0, 2, size=(FLIPS, len(changed)), dtype=np.int8) * 2.0 - 1.0
    return float((1 + np.count_nonzero(flips @ changed <= total)) / (FLIPS + 1))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p values: at most 5 in 100 comparisons of unchanged systems block on any metric.

    Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'b': 0.06, 'c': 0.06}
    """
    adjusted: dict[str, float] = {}
    least = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        least = max(least, min((len(p_values) - rank) * p, 1.0))
        adjusted[name] = least
    return {name: adjusted[name] for name in p_values}


def _key(cluster: Hashable) -> str:
    return repr(cluster)
