"""The statistics of the gate against known answers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.gates.clusters import clusters
from evals.gates.inference import holm, paired_difference, sign_flip_p
from evals.gates.power import Spread, design_effect, detectable, items_needed, spread_between, spread_within


def alone(n: int) -> list[int]:
    return list(range(n))


def test_without_clusters_the_interval_is_the_paired_t_interval() -> None:
    values = np.random.default_rng(1).normal(0.1, 0.5, 60)
    found = paired_difference(list(values), alone(60))
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    one_sided = stats.ttest_1samp(values, 0, alternative="less")
    assert found.most == pytest.approx(one_sided.confidence_interval(0.95).high)


def test_the_clustered_error_by_hand() -> None:
    # Sums of deviations from the mean, 0: a 2, b -2. Variance 2/1 * (4 + 4) / 16, so the error is 1.
    found = paired_difference([1, 1, -1, -1], ["a", "a", "b", "b"])
    assert found.most == pytest.approx(float(stats.t(1).ppf(0.95)))
    assert found.clusters == 2


def test_copies_of_an_item_in_its_cluster_tell_nothing_new() -> None:
    values = list(np.random.default_rng(2).normal(0, 1, 30))
    once = paired_difference(values, alone(30))
    thrice = paired_difference(values * 3, alone(30) * 3)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize(("worse", "better"), [(3, 0), (5, 1), (9, 3), (2, 7)])
def test_on_ones_and_zeros_the_sign_flips_are_mcnemars_exact_test(worse: int, better: int) -> None:
    sums = [-1] * worse + [1] * better + [0] * 20
    expected = stats.binomtest(better, worse + better, 0.5, alternative="less").pvalue
    assert sign_flip_p(sums) == pytest.approx(expected)


def test_drawn_sign_flips_agree_with_the_exact_ones() -> None:
    sums = [-1.0] * 19 + [1.0] * 9
    expected = stats.binomtest(9, 28, 0.5, alternative="less").pvalue
    assert sign_flip_p(sums) == pytest.approx(expected, abs=0.004)
    assert sign_flip_p(sums) == sign_flip_p(sums)


def test_a_handful_of_changed_items_does_not_block() -> None:
    """Three of 150 newly fail: a t test alone calls that significant (p = .043)."""
    found = paired_difference([-1] * 3 + [0] * 147, alone(150))
    assert found.most < 0
    assert found.p_worse == pytest.approx(0.125)


def test_nothing_changed_and_everything_changed() -> None:
    same = paired_difference([0.0] * 50, alone(50))
    assert (same.mean, same.low, same.high, same.p_worse) == (0, 0, 0, 1)
    worse = paired_difference([-1.0] * 50, alone(50))
    assert worse.p_worse < 0.001


def test_one_cluster_cannot_be_judged() -> None:
    found = paired_difference([-1.0] * 50, ["a"] * 50)
    assert (found.p_worse, found.most) == (1, math.inf)


@pytest.mark.parametrize("share", [0.02, 0.08, 0.3])
def test_unchanged_systems_block_at_most_five_in_a_hundred(share: float) -> None:
    """Clustered noise that is as likely up as down."""
    random = np.random.default_rng(7)
    sizes = random.integers(1, 8, 40)
    of = np.repeat(np.arange(40), sizes)
    blocked = 0
    for _ in range(400):
        flips = random.random(40) < share * 2
        signs = random.choice([-1, 1], 40)
        together = np.repeat(flips * signs, sizes) * (random.random(len(of)) < 0.7)
        blocked += paired_difference(list(together.astype(float)), list(of)).p_worse <= 0.05
    assert blocked / 400 <= 0.05 + 1.645 * math.sqrt(0.05 * 0.95 / 400)


def test_holm_against_its_definition() -> None:
    assert holm({"a": 0.01, "b": 0.02, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"a": 0.03, "b": 0.04, "c": 0.04, "d": 0.02}
    )
    assert holm({}) == {}
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1), max_size=8))
def test_holm_keeps_order_and_never_lowers(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    assert all(p_values[name] <= adjusted[name] <= 1 for name in p_values)
    ordered = sorted(p_values, key=lambda name: p_values[name])
    assert all(adjusted[a] <= adjusted[b] for a, b in pairwise(ordered))


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=3), min_size=1, max_size=12))
def test_items_that_share_a_document_are_together(documents: list[list[str]]) -> None:
    items = [(f"q{n}", names) for n, names in enumerate(documents)]
    of = clusters(items)
    for one, names in items:
        for other, others in items:
            if set(names) & set(others):
                assert of[one] == of[other]
            elif not names and one != other:
                assert of[one] != of[other]


def test_power_is_what_it_promises() -> None:
    """Draw differences of the stated spread: so many items show the difference eight times in ten."""
    random = np.random.default_rng(3)
    spread = Spread(0.3, 1.0, True)
    n = items_needed(0.05, spread)
    assert n == 223
    assert detectable(n, spread) == pytest.approx(0.05, rel=0.01)
    draws = random.normal(-0.05, 0.3, (2000, n))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / math.sqrt(n))
    assert np.mean(t < stats.t(n - 1).ppf(0.05)) == pytest.approx(0.8, abs=0.03)


def test_the_design_effect_of_full_clusters_is_their_size() -> None:
    values = np.repeat(np.random.default_rng(4).normal(0, 1, 200), 5)
    assert design_effect(values, np.repeat(np.arange(200), 5).tolist()) == pytest.approx(5, rel=0.01)
    assert design_effect(values, alone(1000)) == pytest.approx(1)


def test_spread_measured_and_assumed() -> None:
    before, after = [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]
    assert spread_between(before, after, alone(4)).sd == pytest.approx(np.std([0, 1, -1, 0], ddof=1))
    assumed = spread_within(before, alone(4), correlation=0.8)
    assert assumed.sd == pytest.approx(np.std(before, ddof=1) * math.sqrt(0.4))
