"""How much meaning counts beside words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.ranking.balance import LEAST, dense_weight
from app.retrieval.ranking.fusion import USUAL_WEIGHT

cosines = st.floats(-1, 1)


@given(cosines, cosines)
def test_the_weight_stays_between_its_bounds(nearest: float, mean: float) -> None:
    assert LEAST <= dense_weight(nearest, mean) <= USUAL_WEIGHT


@given(st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_more_alike_the_passages_the_less_meaning_counts(nearest: float, one: float, two: float) -> None:
    less, more = sorted([one * nearest, two * nearest])
    assert dense_weight(nearest, less) >= dense_weight(nearest, more)


def test_where_the_nearest_stands_out_meaning_has_its_usual_weight() -> None:
    assert dense_weight(0.6, 0.05) == dense_weight(0.6, -0.3) == USUAL_WEIGHT


def test_where_nothing_is_near_words_decide() -> None:
    assert dense_weight(0.0, 0.0) == dense_weight(-0.2, -0.3) == LEAST
