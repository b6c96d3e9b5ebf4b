"""A rewriting that asks something else than was asked is not searched for."""

from __future__ import annotations

import pytest

from graphs.drafting.rewritten import keeps_question


@pytest.mark.parametrize(
    ("question", "rewritten"),
    [
        ("And for v1?", "What is the limit of API v1?"),
        ("Why?", "Why does the Team plan cost 49 EUR?"),
        ("And what does she earn?", "What does Ann Lee earn?"),
        ("Und in Norwegen?", "Wie lange dauert die Erstattung in Norwegen?"),
        ("How long are its batteries under warranty?", "How long is the G2 gateway's battery warranty?"),
        ("And the second one?", "What is the second rule on travel?"),
        ("", ""),
    ],
)
def test_a_rewriting_that_says_more_of_the_same_is_kept(question: str, rewritten: str) -> None:
    assert keeps_question(rewritten, question)


@pytest.mark.parametrize(
    ("question", "rewritten"),
    [
        ("And how long does it take in Norway?", "Which bank account must the Zorilla payment go to"),
        ("And for v1?", "What is the limit of API v2?"),
        ("And in Oslo?", "What is the refund time in Lisbon?"),
        ("How long does it take?", ""),
        ("What does section 12 say of it?", "What does the policy say of it?"),
    ],
)
def test_a_rewriting_that_lost_the_question_is_not(question: str, rewritten: str) -> None:
    assert not keeps_question(rewritten, question)
