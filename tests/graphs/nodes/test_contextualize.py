from __future__ import annotations

import pytest

from graphs.nodes.contextualize import combine
from tests.support.graph_parts import said

BEFORE = said("What does the Team plan cost?", "49 EUR.")


@pytest.mark.parametrize(
    "question",
    ["And for enterprise?", "What about the enterprise plan of Nordia?", "Does it renew every year?", "Why?"],
)
def test_a_question_that_leans_on_the_one_before_takes_it_along(question: str) -> None:
    assert combine(question, BEFORE) == f"What does the Team plan cost? {question}"


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    question = "What is the warranty of the G2 gateway in Norway?"
    assert combine(question, BEFORE) == question


def test_only_the_last_thing_asked_is_taken_along() -> None:
    assert combine("And why?", said("First?", "A.", "Second?", "B.")) == "Second? And why?"


def test_there_may_be_nothing_to_take_along() -> None:
    assert combine("And why?", []) == "And why?"
