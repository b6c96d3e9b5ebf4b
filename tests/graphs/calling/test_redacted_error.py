"""What is logged of a failure: where and of what kind, never what a provider or a tool said."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from langchain_core.runnables import Runnable, RunnableLambda

from app.testing.openai_server import Reply, Script, ScriptedModel
from graphs.answer import build_answer_graph
from graphs.calling.redacted_error import redacted
from graphs.parts import AnswerRequest
from graphs.state import DraftSentence
from tests.support.graph_parts import ask, chat, corpus, first_sentence

pytestmark = pytest.mark.anyio

QUESTION = "How long is the warranty of the G2 gateway?"
SECRET = "sk-live-123 for the salaries of Ann"


async def test_a_providers_words_stay_out_of_the_log(
    scripted: Callable[[Script], ScriptedModel], caplog: pytest.LogCaptureFixture
) -> None:
    reply = Reply(status=401, content=f"Incorrect API key: {SECRET}")
    graph = build_answer_graph(retriever=corpus(), model=chat(scripted([reply])), extractor=first_sentence())
    with caplog.at_level(logging.DEBUG, "graphs"):
        answer = await ask(graph, QUESTION)
    assert answer.status == "answered"
    assert "AuthenticationError" in caplog.text
    assert "Traceback" in caplog.text
    assert SECRET not in caplog.text


async def test_a_failed_steps_words_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def break_down(_request: AnswerRequest) -> list[DraftSentence]:
        raise KeyError(SECRET)

    extractor: Runnable[AnswerRequest, list[DraftSentence]] = RunnableLambda(break_down)
    graph = build_answer_graph(retriever=corpus(), extractor=extractor)
    with caplog.at_level(logging.DEBUG, "graphs"):
        assert (await ask(graph, QUESTION)).status == "failed"
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text


def test_causes_are_named_and_silent_too() -> None:
    try:
        try:
            raise ConnectionError(SECRET)
        except ConnectionError as cause:
            raise RuntimeError(SECRET) from cause
    except RuntimeError as error:
        shown = logging.Formatter().formatException(redacted(error))
    assert "ConnectionError\n" in shown
    assert "direct cause" in shown
    assert shown.endswith("RuntimeError")
    assert f": {SECRET}" not in shown
