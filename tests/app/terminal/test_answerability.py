"""A score that was not enough never reads as the one that was needed."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from app.terminal.answerability import answerability

SCORES = st.floats(0, 2, allow_nan=False)


@given(SCORES, SCORES)
@example(0.6199, 0.62)
@example(0.61999, 0.62)
@example(0.62, 0.62)
@example(0.0, 5e-324)
def test_what_is_shown_compares_as_the_scores_do(score: float, needed: float) -> None:
    shown = answerability(score, needed)
    found = re.fullmatch(r"answerability (\S+?)(?:, needed (\S+)|, enough)", shown)
    assert found
    if score >= needed:
        assert found[2] is None
    else:
        assert float(found[1]) < float(found[2])
        assert found[1] != found[2]


@given(st.integers(0, 20_000), st.integers(1, 200))
def test_a_rounded_score_takes_few_digits(score: int, needed: int) -> None:
    """As the gate gives them: four digits, and two of what is set."""
    assert len(answerability(score / 10_000, needed / 100)) <= len("answerability 0.6199, needed 0.6200")
