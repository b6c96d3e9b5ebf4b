"""How often a judge is right, and what its pass rate is once that is allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.proportions import wilson

ENOUGH = 0.8
"""A judge whose TPR or TNR is lower is not to be relied on."""

SEED = 20261122


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge against people. Positive is pass: TPR of what people pass, TNR of what they fail."""

    passed_of: int
    true_passes: int
    failed_of: int
    true_fails: int

    @property
    def tpr(self) -> float | None:
        return self.true_passes / self.passed_of if self.passed_of else None

    @property
    def tnr(self) -> float | None:
        return self.true_fails / self.failed_of if self.failed_of else None

    @property
    def tpr_interval(self) -> tuple[float, float]:
        return wilson(self.true_passes, self.passed_of)

    @property
    def tnr_interval(self) -> tuple[float, float]:
        return wilson(self.true_fails, self.failed_of)

    @property
    def good_enough(self) -> bool:
        """Both rates are at least .8; not where one cannot be told."""
        return self.tpr is not None and self.tnr is not None and min(self.tpr, self.tnr) >= ENOUGH


def agreement(people: Sequence[bool], judge: Sequence[bool]) -> Agreement:
    """Count a judge's verdicts against people's.

    >>> found = agreement([True, True, False, False], [True, False, False, False])
    >>> found.tpr, found.tnr
    (0.5, 1.0)
    """
    pairs = list(zip(people, judge, strict=True))
    return Agreement(
        passed_of=sum(human for human, _ in pairs),
        true_passes=sum(human and said for human, said in pairs),
        failed_of=sum(not human for human, _ in pairs),
        true_fails=sum(not human and not said for human, said in pairs),
    )


@dataclass(frozen=True, slots=True)
class Corrected:
    """The pass rate people would find, estimated, with its 95 % interval."""

    rate: float
    low: float
    high: float


def corrected_rate(
    passes: int, judged: int, known: Agreement, draws: int = 20_000, seed: int = SEED
) -> Corrected | None:
    """``(p + TNR - 1) / (TPR + TNR - 1)``, cut to 0 to 1; None for a judge no better than chance.

    Rogan and Gladen 1978, Am. J. Epidemiol. 107. Interval: percentiles of a parametric bootstrap in which
    all three rates are drawn anew, each from Beta(hits + 1/2, misses + 1/2), so that a rate that was 1 on a
    few labels is not taken for certain; draws of a judge no better than chance count as the whole range.

    >>> found = corrected_rate(70, 100, Agreement(50, 45, 50, 40))
    >>> round(found.rate, 3)
    0.714
    """
    if not judged or known.tpr is None or known.tnr is None or known.tpr + known.tnr <= 1:
        return None
    rate = (passes / judged + known.tnr - 1) / (known.tpr + known.tnr - 1)
    random = np.random.default_rng(seed)

    def drawn(hits: int, n: int) -> np.ndarray:
        return random.beta(hits + 0.5, n - hits + 0.5, draws)

    p = drawn(passes, judged)
    tpr, tnr = drawn(known.true_passes, known.passed_of), drawn(known.true_fails, known.failed_of)
    better = tpr + tnr > 1
    rates = np.clip((p[better] + tnr[better] - 1) / (tpr[better] + tnr[better] - 1), 0, 1)
    blind = draws - len(rates)
    low = np.percentile(np.concatenate([rates, np.zeros(blind)]), 2.5)
    high = np.percentile(np.concatenate([rates, np.ones(blind)]), 97.5)
    return Corrected(min(max(rate, 0.0), 1.0), float(low), float(high))
