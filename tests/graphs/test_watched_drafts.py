"""A draft that a guard refuses is none: the next model is asked, and nothing of it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.parts import GuardResult
from tests.support.graph_parts import ask, chat, corpus, first_sentence, stored_text

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
GOOD = give_answer(("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"]))
BAD = give_answer(("The G2 gateway has a warranty of 24 months, bluebird.", [1], ["warranty of 24 months"]))
TOOL = Reply(tool="give_answer", arguments={"claims": [], "not_answerable": "bluebird"})


def no_birds(text: str) -> GuardResult:
    return GuardResult("birds", "deny" if "bluebird" in text else "allow", text, ("a bird is named",))


@pytest.mark.parametrize("bad", [BAD, TOOL])
async def test_the_next_model_is_asked_and_the_receipt_says_why(scripted: Scripted, bad: Reply) -> None:
    first, second = scripted([bad]), scripted([GOOD])
    graph = build_answer_graph(
        retriever=corpus(),
        model=chat(first),
        fallback_models=[chat(second)],
        check_draft=no_birds,
        stored_text=stored_text,
    )
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.mode) == ("answered", "fallback")
    assert (len(first.requests), len(second.requests)) == (1, 1)
    assert [one["why"] for one in answer.receipt["fallbacks"]] == ["a bird is named"]
    assert "bluebird" not in json.dumps(answer.model_dump())
    assert [one["verdict"] for one in answer.receipt["guards"] if one["guard"] == "birds"] == [
        "deny",
        "allow",
    ]


async def test_without_another_model_the_documents_answer(scripted: Scripted) -> None:
    graph = build_answer_graph(
        retriever=corpus(),
        model=chat(scripted([BAD])),
        extractor=first_sentence(),
        check_draft=no_birds,
        stored_text=stored_text,
    )
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert any("a bird is named" in notice for notice in answer.notices)


async def test_a_guard_of_drafts_that_breaks_lets_nothing_through(scripted: Scripted) -> None:
    def crash(text: str) -> GuardResult:
        raise ConnectionError(text)

    graph = build_answer_graph(
        retriever=corpus(), model=chat(scripted([GOOD])), extractor=first_sentence(), check_draft=crash
    )
    answer = await ask(graph, QUESTION)
    assert (answer.status, answer.claims) == ("failed", [])
    assert answer.problem is not None
    assert answer.problem.message.startswith("The draft guard failed (ConnectionError)")
