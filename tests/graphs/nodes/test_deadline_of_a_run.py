"""A run that waited has less time for its model calls, never more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.limits import Limits
from graphs.parts import Parts
from graphs.state import AskContext
from tests.support.graph_parts import ask, chat, corpus, first_sentence, gate, said

QUESTION = "When is the refund paid?"


@pytest.mark.anyio
async def test_no_model_is_asked_when_the_time_is_up(
    scripted: Callable[[Script], ScriptedModel],
) -> None:
    server = scripted([give_answer(("The refund is paid within 14 days.", [1], []))])
    graph = build_answer_graph(
        retriever=corpus(), model=chat(server), extractor=first_sentence(), gate=gate(1.0)
    )
    asked = said("What of devices?", "They may be returned.")
    late = await ask(graph, QUESTION, context=AskContext(deadline_s=0.0), messages=asked)
    assert not server.requests
    assert late.mode == "extractive"
    assert (await ask(graph, QUESTION, context=AskContext(deadline_s=30.0))).mode == "model"


def test_a_caller_can_only_shorten_it() -> None:
    parts = Parts(retriever=corpus(), limits=Limits(deadline_s=45.0))
    given = (None, 20.0, 900.0, -1.0)
    assert [parts.deadline_s(AskContext(deadline_s=one)) for one in given] == [45.0, 20.0, 45.0, 0.0]
