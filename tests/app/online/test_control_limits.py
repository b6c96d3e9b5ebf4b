"""Control limits and drift: against SciPy's distributions, and that a shift is seen and no shift is not."""

from __future__ import annotations

import random

import pytest
from scipy import stats

from app.online.control_limits import ALPHA, Baseline, Chart, charts, group_limits
from app.online.drift import chi_square_quantile, counts_of, drift, edges_of


def chart(groups: list[tuple[int, int]], baseline: Baseline) -> Chart:
    return charts(groups, baseline)[-1]


@pytest.mark.parametrize(("count", "of"), [(0, 200), (3, 500), (50, 1000), (480, 500), (500, 500)])
@pytest.mark.parametrize("size", [20, 100, 333])
def test_limits_are_the_quantiles_of_the_beta_binomial(count: int, of: int, size: int) -> None:
    low, high = group_limits(Baseline(count, of), size)
    known = stats.betabinom(size, count + 0.5, of - count + 0.5)
    assert low == max(0, int(known.ppf(ALPHA / 2)))
    assert high == int(known.ppf(1 - ALPHA / 2))


@pytest.mark.parametrize("degrees", [3, 5, 9, 20])
def test_the_quantile_is_chi_squares(degrees: int) -> None:
    for probability in (0.9, 0.995):
        exact = stats.chi2.ppf(probability, degrees)
        assert chi_square_quantile(probability, degrees) == pytest.approx(exact, rel=0.01)


def test_a_shift_is_seen_and_said_since_when() -> None:
    baseline = Baseline(50, 1000)
    steady = chart([(5, 100)] * 20, baseline)
    assert (steady.out, steady.groups, steady.rate) == (False, 20, 0.05)
    jumped = chart([(5, 100)] * 20 + [(20, 100)] * 2, baseline)
    assert (jumped.out, jumped.since) == (True, 2)
    assert jumped.low <= 0.05 < jumped.high < jumped.rate


def test_a_small_shift_that_lasts_is_seen_by_the_weighted_mean_alone() -> None:
    baseline = Baseline(1000, 20_000)
    low, high = group_limits(baseline, 100)
    assert low <= 9 <= high
    found = chart([(9, 100)] * 12, baseline)
    assert found.out
    assert found.mean > found.mean_high


def test_groups_may_be_smaller_or_empty() -> None:
    found = chart([(0, 0), (2, 40), (5, 100), (0, 0)], Baseline(50, 1000))
    assert (found.groups, found.rate, found.out) == (2, 0.05, False)
    assert charts([], Baseline(1, 10)) == []
    assert charts([(0, 0)], Baseline(1, 10)) == []


def test_drift_is_seen_where_there_is_some_and_seldom_where_there_is_none() -> None:
    dice = random.Random(1)  # noqa: S311
    weights = [0.4, 0.25, 0.15, 0.1, 0.1]

    def drawn(count: int, weights: list[float]) -> list[int]:
        those = dice.choices(range(5), weights, k=count)
        return [those.count(one) for one in range(5)]

    alarms = sum(drift(drawn(1000, weights), drawn(250, weights)).drifted for _ in range(1000))
    # Of 1,000, some 5 are expected: 15 or more would come once in 8,000 runs.
    assert 0 < alarms < 15
    assert drift(drawn(1000, weights), drawn(250, [0.2, 0.25, 0.25, 0.1, 0.2])).drifted


def test_classes_of_values_that_are_alike_are_fewer() -> None:
    assert edges_of([0.0] * 50 + [1.0] * 50, 10) == [1.0]
    assert edges_of([0.5] * 10, 10) == []
    assert counts_of([0.0, 0.0, 1.0, 2.0], [1.0]) == [2, 2]
    for then, now in (([1], [1]), ([1, 2], [1]), ([0, 0], [1, 1])):
        with pytest.raises(ValueError, match="drift is between"):
            drift(then, now)
