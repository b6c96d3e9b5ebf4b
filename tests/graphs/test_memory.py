"""Drafts of what was asked before: checked again before they are served."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.state import AskContext
from tests.support.graph_parts import HANDBOOK, Beside, ask, chat, corpus

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
MONTHS = give_answer(("The G2 gateway has a warranty of 24 months.", [1], []))


class Notebook:
    """Drafts in a dictionary."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}

    def get(self, asked: Mapping[str, Any], /) -> Any | None:
        found = self.pages.get(json.dumps(asked, sort_keys=True))
        return json.loads(found) if found else None

    def put(self, asked: Mapping[str, Any], value: Any, /) -> None:
        self.pages[json.dumps(asked, sort_keys=True)] = json.dumps(value)


def graph_of(
    server: ScriptedModel, memory: Notebook, stored: dict[str, str], generation: list[int]
) -> AnswerGraph:
    return build_answer_graph(
        retriever=corpus(),
        model=chat(server),
        memory=memory,
        stored_text=lambda doc_id, _version: stored.get(doc_id),
        index_generation=lambda: generation[0],
    )


async def test_the_same_question_is_answered_from_its_draft_and_checked_again(scripted: Scripted) -> None:
    server, stored = scripted([MONTHS]), {"handbook": HANDBOOK}
    graph = graph_of(server, Notebook(), stored, [1])
    first, second = await ask(graph, QUESTION), await ask(graph, QUESTION)
    assert len(server.requests) == 1
    assert second.receipt["cache"] == "hit"
    assert second.claims == first.claims
    assert [step["node"] for step in second.receipt["steps"]] == ["guard", "contextualize", "cite", "release"]
    assert second.receipt["citings"]


async def test_a_draft_whose_words_no_longer_stand_is_not_served(scripted: Scripted) -> None:
    server, stored = scripted([MONTHS]), {"handbook": HANDBOOK}
    graph = graph_of(server, Notebook(), stored, [1])
    await ask(graph, QUESTION)
    stored["handbook"] = HANDBOOK.replace("24 months", "12 months")
    assert (await ask(graph, QUESTION)).status == "abstained"


@pytest.mark.parametrize("change", ["question", "groups", "filters", "generation", "extractive"])
async def test_whatever_differs_is_asked_anew(change: str, scripted: Scripted) -> None:
    server, generation = scripted([MONTHS]), [1]
    memory = Notebook()
    graph = graph_of(server, memory, {"handbook": HANDBOOK}, generation)
    await ask(graph, QUESTION)
    context = AskContext(
        groups=["hr"] if change == "groups" else [], top_k=3 if change == "extractive" else None
    )
    if change == "generation":
        generation[0] = 2
    given: Beside = {"filters": {"version": "2"}} if change == "filters" else {}
    question = "How long is the G2 gateway's warranty?" if change == "question" else QUESTION
    answer = await ask(graph, question, context=context, **given)
    assert answer.receipt["cache"] == "miss"


async def test_an_answer_that_was_mended_is_not_remembered(scripted: Scripted) -> None:
    wrong = give_answer(("The G2 gateway has a warranty of 36 months.", [1], []))
    memory = Notebook()
    graph = graph_of(scripted([wrong, MONTHS]), memory, {"handbook": HANDBOOK}, [1])
    assert (await ask(graph, QUESTION)).status == "answered"
    assert memory.pages == {}
