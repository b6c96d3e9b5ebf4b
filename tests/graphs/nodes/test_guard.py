from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage

from graphs.nodes.guard import asked_question


def test_a_question_given_by_itself_is_added_to_the_conversation() -> None:
    question, said = asked_question(
        {"question": "Why?", "messages": [HumanMessage("Who?"), AIMessage("Me.")]}
    )
    assert (question, said) == ("Why?", HumanMessage("Why?"))


def test_the_last_message_is_the_question_where_none_is_given() -> None:
    last = HumanMessage("Who?", id="1")
    assert asked_question({"messages": [last]}) == ("Who?", last)
    assert asked_question({"messages": [last], "question": ""}) == ("Who?", last)


def test_a_question_that_is_the_last_message_is_not_added_again() -> None:
    last = HumanMessage([{"type": "text", "text": "Who?"}], id="1")
    assert asked_question({"messages": [last], "question": "Who?"})[1] is last


def test_a_given_question_wins_over_another_last_message() -> None:
    assert asked_question({"messages": [HumanMessage("Who?")], "question": "Why?"})[0] == "Why?"


def test_an_answer_is_no_question() -> None:
    assert asked_question({"messages": [HumanMessage("Who?"), AIMessage("Me.")]}) == ("", None)
    assert asked_question({}) == ("", None)
