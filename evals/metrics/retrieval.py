"""Measures of a ranking, and a bootstrap interval of a difference. Tests hold them to ir-measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np


def ranking(scores: Mapping[str, float]) -> list[str]:
    """The keys by falling score; equal scores by key, so that a run gives the same order every time.

    >>> ranking({"b": 1.0, "c": 2.0, "a": 1.0})
    ['c', 'a', 'b']
    """
    return sorted(scores, key=lambda key: (-scores[key], key))


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """nDCG@k with linear gain, as trec_eval has it; 0 where nothing is relevant.

    >>> round(ndcg(["x", "a"], {"a": 1}), 3)
    0.631
    """
    gains = [max(grades.get(key, 0), 0) for key in ranked[:k]]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    return _dcg(gains) / _dcg(ideal) if ideal else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The share of what is relevant among the first k; 0 where nothing is relevant."""
    relevant = {key for key, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """One by the rank of the first relevant key; 0 where none is there.

    >>> reciprocal_rank(["x", "a"], {"a": 1})
    0.5
    """
    relevant = {key for key, grade in grades.items() if grade > 0}
    return next((1 / rank for rank, key in enumerate(ranked, 1) if key in relevant), 0.0)


def paired_interval(
    first: Sequence[float], second: Sequence[float], *, resamples: int = 10_000, seed: int = 20261122
) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of ``first - second``, resampling questions."""
    differences = np.asarray(first) - np.asarray(second)
    n = len(differences)
    random = np.random.default_rng(seed)
    chances = np.full(n, 1 / n)
    # In portions: all draws at once are hundreds of megabytes for a set of thousands of questions.
    means = [random.multinomial(n, chances, size=250) @ differences / n for _ in range(-(-resamples // 250))]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return float(low), float(high)


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
