from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from graphs.nodes.contextualize import combine
from tests.support.graph_parts import said

BEFORE = said("What does the Team plan cost?", "49 EUR.")


@pytest.mark.parametrize("question", ["And for teachers?", "Does it renew every year?", "Why?"])
def test_a_question_that_leans_on_the_one_before_takes_it_along(question: str) -> None:
    assert combine(question, BEFORE) == f"What does the Team plan cost? {question}"


def test_messages_of_a_kept_thread_and_of_a_caller_are_read_alike() -> None:
    ours = AIMessage(
        [{"type": "text", "text": "49 EUR. ", "annotations": [{"type": "citation", "title": "A"}]}]
    )
    kept: list[AnyMessage] = [HumanMessage("What does the Team plan cost?"), ours]
    assert (
        combine("And Starter?", kept) == combine("And Starter?", BEFORE) == "What does the Starter plan cost?"
    )


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    question = "What is the warranty of the G2 gateway in Norway?"
    assert combine(question, BEFORE) == question


def test_a_question_that_ended_the_subject_is_what_is_taken_along() -> None:
    thread = said("What does the Team plan cost?", "A.", "Who leads the site in Tartu?", "B.")
    assert combine("And why?", thread) == "Who leads the site in Tartu? And why?"


def test_there_may_be_nothing_to_take_along() -> None:
    assert combine("And why?", []) == "And why?"
