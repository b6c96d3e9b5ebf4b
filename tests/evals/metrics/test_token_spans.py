"""Tokens found within a budget, against a plain count."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.token_spans import TokenText, hits_by_budget, token_scores

RANGES = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.builds(lambda s, n: range(s, s + n), st.integers(0, 9), st.integers(0, 6))
    )
)


@given(RANGES, st.sets(st.tuples(st.sampled_from("ab"), st.integers(0, 12))), st.integers(1, 20))
def test_each_budget_holds_the_wanted_among_its_first_tokens(
    ranked: list[tuple[str, range]], wanted: set[tuple[str, int]], most: int
) -> None:
    spent = [(document, token) for document, tokens in ranked for token in tokens]
    assert hits_by_budget(ranked, wanted, most).tolist() == [
        len(wanted.intersection(spent[:budget])) for budget in range(most + 1)
    ]


def test_tokens_belong_to_where_they_begin() -> None:
    text = TokenText("Well-kept, dry.")
    assert list(text.within(0, 5)) == [0, 1]
    assert list(text.within(5, 15)) == [2, 3, 4, 5]
    assert list(text.within(6, 9)) == []


def test_scores_of_one_question() -> None:
    scores = token_scores(np.array([[2, 4]]), np.array([4]), np.array([4, 8]))
    assert {name: values.tolist() for name, values in scores.items()} == {
        "recall": [[0.5, 1.0]],
        "precision": [[0.5, 0.5]],
        "iou": [[2 / 6, 4 / 8]],
    }
