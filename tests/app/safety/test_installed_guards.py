"""A guard of somebody else that gives no proper result: nothing is let through, and one line names it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.safety.guard import Side, held_to_form, in_turn
from app.safety.our_guards import answer_guards, question_guards
from app.safety.settings import SafetySettings
from app.testing.openai_server import give_answer, serve_model
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import GuardCheck, GuardFailedError, GuardResult
from tests.support.graph_parts import chat, corpus, first_sentence, stored_text

pytestmark = pytest.mark.anyio

SECRET = "hunter2"
QUESTION = "How long are the G2 gateway and its batteries covered by the warranty?"
TWO = give_answer(
    ("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"]),
    ("Its batteries are covered for 6 months.", [1], ["covered for 6 months"]),
)
MALFORMED: dict[str, Callable[[str], Any]] = {
    "nothing": lambda text: None,
    "a truth value": lambda text: True,
    "the text": lambda text: text,
    "another verdict": lambda text: GuardResult("g", f"maybe {SECRET}", text),  # type: ignore[arg-type]
    "allowed and changed": lambda text: GuardResult("g", "allow", text + SECRET),
    "no text": lambda text: GuardResult("g", "modify", None, ("mended",)),  # type: ignore[arg-type]
    "no name": lambda text: GuardResult("", "allow", text),
    "no reason": lambda text: GuardResult("g", "deny", text),
    "one reason, no list": lambda text: GuardResult("g", "deny", text, "why"),  # type: ignore[arg-type]
    "reasons of numbers": lambda text: GuardResult("g", "deny", text, (1,)),  # type: ignore[arg-type]
}


def guard_of(side: Side, result: Callable[[str], Any]) -> dict[str, Any]:
    """As the application puts it among its own."""
    theirs = held_to_form("strange", result)
    if side == "question":
        return {"check_question": in_turn([*question_guards(SafetySettings()), theirs])}
    return {"check_answer": in_turn([theirs, *answer_guards(SafetySettings())])}


def failed(answer: Answer) -> str:
    assert (answer.status, answer.text, answer.claims, answer.citations) == ("failed", "", [], [])
    assert answer.problem is not None
    assert not answer.problem.retryable
    assert SECRET not in answer.model_dump_json()
    return answer.problem.message


@pytest.mark.parametrize("result", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("side", ["question", "answer"])
async def test_it_fails_the_request_in_one_line(
    side: Side, result: Callable[[str], Any], caplog: pytest.LogCaptureFixture
) -> None:
    graph: Any = build_answer_graph(
        retriever=corpus(), extractor=first_sentence(), stored_text=stored_text, **guard_of(side, result)
    )
    with caplog.at_level(logging.WARNING):
        events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    assert not [event for event in events if event["type"] == "sentence"]
    message = failed(Answer.model_validate(events[-1]["answer"]))
    assert message.startswith("The guard 'strange' gave no proper result: ")
    assert "\n" not in message
    assert SECRET not in caplog.text
    assert [one.getMessage() for one in caplog.records if "strange" in one.getMessage()]


def once_broken(by: Callable[[str], Any]) -> GuardCheck:
    """Breaks at the first sentence only: what comes after it would pass."""
    asked: list[str] = []

    def check(text: str) -> GuardResult:
        asked.append(text)
        return by(text) if len(asked) == 1 else GuardResult("g", "allow", text)

    return held_to_form("strange", check)


def crash(text: str) -> Any:
    raise ConnectionError(SECRET)


@pytest.mark.parametrize("by", [MALFORMED["nothing"], crash])
async def test_a_guard_that_breaks_while_a_model_writes_is_not_taken_for_the_model(
    by: Callable[[str], Any],
) -> None:
    with serve_model([TWO]) as server:
        graph: Any = build_answer_graph(
            retriever=corpus(),
            model=chat(server),
            extractor=first_sentence(),
            stored_text=stored_text,
            check_answer=once_broken(by),
        )
        events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    assert not [event for event in events if event["type"] == "sentence"]
    answer = Answer.model_validate(events[-1]["answer"])
    assert "guard" in failed(answer)
    assert len(server.requests) == 1, "the model is not asked again for what is no fault of its own"
    assert "fallbacks" not in answer.receipt
    assert answer.receipt["usage"]["gpt-test"]["calls_without_usage"] == 1


def test_a_good_result_passes_as_it_is() -> None:
    good: Sequence[GuardResult] = [
        GuardResult("g", "allow", "a"),
        GuardResult("g", "modify", "b", ("mended",)),
        GuardResult("g", "deny", "a", ("no",)),
    ]
    for result in good:
        assert held_to_form("g", lambda _text, result=result: result)("a") is result  # type: ignore[misc]
    with pytest.raises(GuardFailedError, match="'g' gave no proper result: it is a dict"):
        held_to_form("g", lambda _text: {})("a")  # type: ignore[arg-type,return-value]
