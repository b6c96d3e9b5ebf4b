"""Two rankings made one."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.ranking.fusion import convex_fusion

KEYS = st.sampled_from("abcdefgh")
POSITIVE = st.dictionaries(KEYS, st.floats(1e-6, 1e6))
ANY = st.dictionaries(KEYS, st.floats(-1, 100))
WEIGHT = st.floats(0, 1)


@given(ANY, ANY, WEIGHT)
def test_scores_are_shares_in_falling_order_of_what_either_leg_brought(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    fused = convex_fusion(dense, lexical, weight)
    assert set(fused) <= set(dense) | set(lexical)
    assert all(0.0 <= score <= 1.0 + 1e-9 for score in fused.values())
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


@given(POSITIVE, POSITIVE, WEIGHT)
def test_swapping_legs_and_weights_changes_nothing(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    one, other = convex_fusion(dense, lexical, weight), convex_fusion(lexical, dense, 1 - weight)
    assert one.keys() == other.keys()
    assert all(math.isclose(one[key], other[key], abs_tol=1e-9) for key in one)


@given(POSITIVE, POSITIVE, st.floats(0.01, 100))
def test_only_shares_of_the_best_count_not_the_scale_of_a_leg(
    dense: dict[str, float], lexical: dict[str, float], factor: float
) -> None:
    scaled = {key: score * factor for key, score in lexical.items()}
    one, other = convex_fusion(dense, lexical), convex_fusion(dense, scaled)
    assert all(math.isclose(one[key], other[key], abs_tol=1e-9) for key in one)


@given(POSITIVE)
def test_the_best_of_both_legs_scores_one(leg: dict[str, float]) -> None:
    fused = convex_fusion(leg, leg)
    assert not leg or math.isclose(max(fused.values()), 1.0)
    assert not leg or leg[next(iter(fused))] == max(leg.values())


@given(POSITIVE)
def test_one_leg_alone_keeps_its_order(leg: dict[str, float]) -> None:
    for fused in (convex_fusion({}, leg), convex_fusion(leg, {})):
        assert set(fused) == set(leg)
        for better, worse in pairwise(fused):
            # Scores that differ in their last bit may be one once divided.
            assert leg[better] >= leg[worse] or math.isclose(leg[better], leg[worse], rel_tol=1e-12)


def test_equal_scores_are_ordered_the_same_every_time() -> None:
    assert list(convex_fusion({"b": 1.0, "a": 1.0}, {"c": 2.0})) == ["a", "b", "c"]


def test_a_leg_with_no_positive_score_says_nothing() -> None:
    assert convex_fusion({"a": -0.2, "b": 0.0}, {"c": 3.0}, 0.5) == {"c": 0.5}
