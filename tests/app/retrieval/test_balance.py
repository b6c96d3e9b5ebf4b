"""How much meaning counts beside words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.balance import LEAST, MOST, Signals, dense_weight, signals

shares = st.floats(0, 1)


@given(words=st.floats(0, 12), flatness=shares, crowding=shares)
def test_the_weight_stays_between_its_bounds(words: float, flatness: float, crowding: float) -> None:
    assert LEAST <= dense_weight(Signals(words, flatness, crowding)) <= MOST


def test_a_short_question_relies_on_meaning_more_than_a_long_one() -> None:
    short = signals("annual leave", [9.0, 8.0], [0.5], 0.1)
    long = signals(
        "how many days of annual leave may be carried over into the next year", [9.0, 8.0], [0.5], 0.1
    )
    assert dense_weight(short) > dense_weight(long)


def test_a_ranking_by_words_that_does_not_choose_counts_less() -> None:
    steep = signals("annual leave", [9.0, *[2.0] * 9], [0.5], 0.1)
    flat = signals("annual leave", [9.0, *[8.5] * 9], [0.5], 0.1)
    assert dense_weight(flat) > dense_weight(steep)


def test_vectors_that_are_all_alike_count_less() -> None:
    apart = signals("annual leave", [9.0], [0.5], 0.05)
    alike = signals("annual leave", [9.0], [0.5], 0.4)
    assert dense_weight(apart) > dense_weight(alike)


def test_a_leg_without_an_answer_gives_the_ends_of_the_scale() -> None:
    assert signals("?", [], [], 0.0) == Signals(0.0, 0.0, 1.0)
    assert signals("x", [0.0], [-0.2], -0.3).crowding == 1.0
    assert signals("x", [1.0], [0.5], -0.3).crowding == 0.0


def test_only_the_first_ten_by_words_are_looked_at() -> None:
    assert signals("x", [10.0, *[5.0] * 9, *[0.1] * 90], [0.5], 0.1).flatness == 0.5
