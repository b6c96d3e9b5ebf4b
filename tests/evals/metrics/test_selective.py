"""Risk, coverage and abstention on cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.proportions import none_seen, percentile, wilson
from evals.metrics.selective import abstention, area, auroc, best_area, risk_coverage

pairs = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30)


def test_the_curve_by_hand() -> None:
    points = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, False, True, False])
    assert [(p.coverage, p.risk) for p in points] == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


def test_the_area_by_hand() -> None:
    # Risks after 1, 2, 3, 4 answers: 0, 1/2, 1/3, 1/2.
    assert area([4, 3, 2, 1], [True, False, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert best_area([True, False, True, False]) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert area([], []) is None


@given(pairs)
def test_no_score_beats_the_best_and_a_constant_one_risks_the_mean(
    given_pairs: list[tuple[int, bool]],
) -> None:
    scores, right = [float(s) for s, _ in given_pairs], [ok for _, ok in given_pairs]
    found, best = area(scores, right), best_area(right)
    assert found is not None
    assert best is not None
    assert best <= found + 1e-12
    assert area([0.0] * len(right), right) == pytest.approx(1 - sum(right) / len(right))


@given(pairs, st.randoms())
def test_the_order_of_ties_changes_nothing(given_pairs: list[tuple[int, bool]], random: object) -> None:
    shuffled = list(given_pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (area([float(s) for s, _ in p], [ok for _, ok in p]) for p in (given_pairs, shuffled))
    assert one == pytest.approx(other)


def test_abstention_without_any() -> None:
    found = abstention([True, False], [True, True])
    assert (found.precision, found.recall) == (None, 0.0)


def test_auroc_counts_ties_half() -> None:
    assert auroc([1, 1], [True, False]) == 0.5
    assert auroc([1, 2], [True, True]) is None


def test_intervals_of_shares_against_published_values() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == (0, 1)
    assert none_seen(300) == pytest.approx(3 / 300, rel=0.01)


def test_percentiles() -> None:
    assert percentile([5.0], 0.99) == 5.0
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 1.0) == 3.0
