"""At most so many of the answers wrong: the rule keeps what it promises."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from app.gate.risk_control import (
    CONFIDENCE,
    chance_of_so_few,
    least_score,
    least_share,
    tallies,
)

OUTCOMES = st.lists(st.tuples(st.floats(0, 1.3), st.booleans()), max_size=60)


@given(st.integers(0, 3000), st.floats(0, 1), st.floats(0.01, 0.99))
def test_the_chance_is_the_binomial_one(answered: int, part: float, share: float) -> None:
    wrong = round(part * answered)
    expected = float(binom.cdf(wrong, answered, share))
    assert chance_of_so_few(wrong, answered, share) == pytest.approx(expected, rel=1e-8, abs=1e-12)


@given(OUTCOMES)
def test_tallies_count_what_reaches_each_score(outcomes: list[tuple[float, bool]]) -> None:
    for one in tallies(outcomes):
        taken = [right for score, right in outcomes if score >= one.score]
        assert (one.answered, one.wrong) == (len(taken), taken.count(False))


@given(OUTCOMES, st.floats(0.05, 0.5), st.floats(0.05, 0.4))
def test_who_allows_more_answers_no_less(
    outcomes: list[tuple[float, bool]], share: float, more: float
) -> None:
    counted = tallies(outcomes * 10)
    strict, lenient = least_score(counted, share), least_score(counted, share + more)
    if strict is not None:
        assert lenient is not None
        assert lenient.score <= strict.score


@given(OUTCOMES, st.floats(0.01, 0.99))
def test_what_is_found_is_backed_by_its_own_counts(outcomes: list[tuple[float, bool]], share: float) -> None:
    found = least_score(tallies(outcomes), share)
    if found is not None:
        assert found.wrong <= share * found.answered
        assert chance_of_so_few(found.wrong, found.answered, share) <= 1 - CONFIDENCE


def test_few_questions_show_nothing() -> None:
    counted = tallies([(0.9, True)] * 40)
    assert least_score(counted, 0.1) is None, "40 right answers can come of one wrong in ten"
    share = least_share(counted)
    assert share is not None
    assert least_score(counted, share) is not None
    assert least_score(counted, share - 0.01) is None
    assert least_share(tallies([])) is None


def test_the_bound_is_broken_no_oftener_than_it_says() -> None:
    """Questions whose chance of a right answer is their score: the true share of wrong ones is known."""
    chance = random.Random(7)  # noqa: S311 - a fixed draw
    found = []
    for _ in range(100):
        scores = [chance.random() for _ in range(1200)]
        found.append(least_score(tallies((score, chance.random() < score) for score in scores), 0.2))
    broken = [one for one in found if one is not None and (1 - one.score) / 2 > 0.2]
    assert len(broken) <= 100 * (1 - CONFIDENCE)
    assert found.count(None) < 10


def test_the_share_has_bounds() -> None:
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="above 0 and below 1"):
            least_score(tallies([]), share)
    with pytest.raises(ValueError, match="151 thresholds, not 3"):
        least_score(tallies([])[:3], 0.1)
