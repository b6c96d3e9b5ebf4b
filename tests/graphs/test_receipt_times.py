"""When things happened, as a receipt has it: steps, searches, models and the first sentence, one after the
other."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import Limits
from tests.support.graph_parts import ask, chat, corpus, first_sentence, gate

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
GOOD = give_answer(("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"]))


def within(one: Mapping[str, Any], step: Mapping[str, Any]) -> bool:
    ends = step["at"] + step["ms"] + 0.3
    return bool(step["at"] - 0.3 <= one["at"] and one["at"] + one["ms"] <= ends)


async def test_what_a_step_asked_lies_within_it(scripted: Scripted) -> None:
    servers = scripted([Reply(status=400)]), scripted([GOOD])
    graph = build_answer_graph(
        retriever=corpus(),
        model=chat(servers[0], "first"),
        fallback_models=[chat(servers[1], "second")],
        gate=gate(1.0),
        limits=Limits(gate_model=0.0, gate_extractive=0.0),
    )
    answer = await ask(graph, QUESTION)
    receipt = answer.receipt
    steps = receipt["steps"]
    for before, after in itertools.pairwise(steps):
        assert before["at"] + before["ms"] <= after["at"] + 0.3
    by_name = {step["node"]: step for step in steps}
    assert within(receipt["retrievals"][0], by_name["retrieve"])
    first, second = receipt["calls"]
    assert within(first, by_name["generate"])
    assert within(second, by_name["generate"])
    assert (first["model"], first["outcome"], first["input_tokens"]) == ("first", "failed", 0)
    assert (second["model"], second["outcome"], second["provider"]) == ("second", "answered", "openai")
    assert second["input_tokens"] == receipt["usage"]["second"]["input_tokens"] > 0
    assert (
        by_name["generate"]["at"] <= receipt["sentence_after_ms"] <= steps[-1]["at"] + steps[-1]["ms"] + 0.3
    )


async def test_the_signed_answer_is_the_one_that_is_kept_and_given() -> None:
    kept: list[Mapping[str, Any]] = []

    def sign(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**answer, "receipt": {**answer["receipt"], "signature": {"value": "signed"}}}

    async def keep(answer: Mapping[str, Any], _who: object) -> None:
        kept.append(answer)

    graph = build_answer_graph(
        retriever=corpus(), extractor=first_sentence(), gate=gate(1.0), sign=sign, keep=keep
    )
    for question in (QUESTION, "thanks", " "):
        answer = await ask(graph, question)
        assert answer.receipt["signature"] == {"value": "signed"}
        assert Answer.model_validate(kept[-1]) == answer
    assert [one["status"] for one in kept] == ["answered", "abstained", "refused"]


async def test_a_question_that_fails_at_once_has_an_id_and_a_receipt() -> None:
    def down(_text: str) -> Any:
        raise RuntimeError("down")

    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence(), check_question=down)
    first, second = await ask(graph, QUESTION), await ask(graph, QUESTION)
    assert first.status == second.status == "failed"
    assert first.id
    assert first.id != second.id
    assert first.receipt["id"] == first.id
    assert first.receipt["question"] == QUESTION
    assert first.receipt["trace"]["id"] != second.receipt["trace"]["id"]
