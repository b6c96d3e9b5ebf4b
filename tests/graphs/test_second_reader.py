"""A model reads what the checks leave open, once for an answer, beside the words that are quoted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.calling.chains import ChainModel
from graphs.contracts import Answer
from graphs.parts import Limits
from tests.graphs.test_memory import Notebook
from tests.support.graph_parts import HANDBOOK, ask, chat, corpus

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long may customers return a device?"
OPEN = "Any device can be sent back by customers for 30 days after delivery."
FREE = "People get a month to hand a bought thing back."
SURE = "Customers may return any device within 30 days of delivery."
WRONG = "Customers may return any device within 45 days of delivery."


def readings(*found: tuple[int, str, str]) -> Reply:
    listed = [{"number": number, "finding": finding, "words": words} for number, finding, words in found]
    return Reply(tool="give_readings", arguments={"readings": listed})


def is_reading(request: dict[str, Any]) -> bool:
    return any(tool["function"]["name"] == "give_readings" for tool in request.get("tools", []))


def drafting_and(draft: Reply, read: Reply) -> Callable[[dict[str, Any]], Reply]:
    return lambda request: read if is_reading(request) else draft


def graph_of(server: ScriptedModel, **parts: Any) -> AnswerGraph:
    given = {"model": chat(server), "second_reader": True, **parts}
    return build_answer_graph(retriever=corpus(), **given)


def drafts(server: ScriptedModel) -> tuple[int, int]:
    """Requests for drafts, and for readings."""
    read = sum(map(is_reading, server.requests))
    return len(server.requests) - read, read


def verdicts(answer: Answer) -> list[str]:
    return [claim.verdict for claim in answer.claims]


async def test_a_supported_sentence_is_verified(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "supported", "30 days"))))
    answer = await ask(graph_of(server), QUESTION)
    assert verdicts(answer) == ["verified"]
    assert answer.claims[0].checks["second_reader"] == "supported"
    assert drafts(server) == (1, 1)
    calls = sum(line["calls"] for line in answer.receipt["usage"].values())
    assert calls == 2
    assert {"second_reader", "answer"} <= {prompt["name"] for prompt in answer.receipt["prompts"]}


async def test_a_sentence_in_quite_other_words_is_let_out_as_partial(scripted: Scripted) -> None:
    draft = give_answer((FREE, [1], [SURE]))
    server = scripted(drafting_and(draft, readings((1, "supported", "within 30 days"))))
    assert verdicts(await ask(graph_of(server), QUESTION)) == ["partial"]
    alone = await ask(graph_of(server, second_reader=False), QUESTION)
    assert alone.status == "abstained"


@pytest.mark.parametrize("finding", ["contradicted", "not_addressed"])
async def test_what_a_reader_does_not_find_is_withheld(scripted: Scripted, finding: str) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, finding, ""))))
    answer = await ask(graph_of(server), QUESTION)
    assert answer.status == "abstained"
    assert "quoted words" in server.prompt(2)  # the second draft is told


async def test_words_that_no_quote_has_prove_nothing(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "supported", "for ever"))))
    assert verdicts(await ask(graph_of(server), QUESTION)) == ["partial"]


async def test_what_is_certain_or_contradicted_is_not_read_again(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((SURE, [1], []), (WRONG, [1], [])), readings()))
    answer = await ask(graph_of(server), QUESTION)
    assert verdicts(answer) == ["verified"]
    assert drafts(server) == (1, 0)


async def test_all_open_sentences_of_an_answer_are_read_in_one_call_and_keep_their_order(
    scripted: Scripted,
) -> None:
    other = "Software that was opened is something no refund is paid for."
    draft = give_answer((OPEN, [1], []), (SURE, [1], []), (other, [1], []))
    found = readings((2, "supported", "is not refunded"), (1, "supported", "within 30 days"))
    server = scripted(drafting_and(draft, found))
    answer = await ask(graph_of(server), QUESTION)
    assert drafts(server) == (1, 1)
    assert [claim.text for claim in answer.claims] == [OPEN, SURE, other]
    assert server.prompt(1).count("<quoted") - 1 == 2  # the system message names the mark too


@pytest.mark.parametrize("failing", [Reply(status=500), Reply(content="supported"), Reply(hang_s=3)])
async def test_a_reader_that_fails_leaves_the_sentence_as_it_was(scripted: Scripted, failing: Reply) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), failing))
    answer = await ask(graph_of(server, limits=Limits(model_timeout_s=1)), QUESTION)
    assert verdicts(answer) == ["partial"]
    assert [entry["step"] for entry in answer.receipt["fallbacks"]] == ["second_reader"]


async def test_a_finding_for_a_sentence_that_was_not_asked_about_is_passed_over(scripted: Scripted) -> None:
    found = readings((0, "contradicted", ""), (7, "contradicted", ""))
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), found))
    assert verdicts(await ask(graph_of(server), QUESTION)) == ["partial"]


async def test_a_server_that_takes_no_tools_is_asked_for_json(scripted: Scripted) -> None:
    found = {"readings": [{"number": 1, "finding": "supported", "words": "30 days"}]}

    def reply(request: dict[str, Any]) -> Reply:
        reading = "<quoted " in str(request["messages"][-1]["content"])
        return Reply(content=json.dumps(found) if reading else f"{OPEN.rstrip('.')} [1].")

    server = scripted(reply)
    answer = await ask(graph_of(server, model=ChainModel(chat(server), draft_format="text")), QUESTION)
    assert verdicts(answer) == ["verified"]
    assert all("tools" not in request for request in server.requests)


async def test_what_a_small_model_let_out_is_not_read_by_the_next_in_the_chain(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "contradicted", ""))))
    small = ChainModel(chat(server), best_sentences=5)
    graph = graph_of(server, model=small, fallback_models=[ChainModel(chat(server))])
    answer = await ask(graph, QUESTION)
    assert verdicts(answer) == ["partial"]
    assert drafts(server) == (1, 0)
    assert not any("left out" in notice for notice in answer.notices)


async def test_a_small_model_is_no_reader(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "contradicted", ""))))
    small = ChainModel(chat(server), best_sentences=5)
    await ask(graph_of(server, model=small), QUESTION)
    assert drafts(server)[1] == 0


async def test_a_reading_is_remembered_with_its_draft(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "supported", "30 days"))))
    memory = Notebook()
    graph = graph_of(
        server, memory=memory, index_generation=lambda: 1, stored_text=lambda _doc, _version: HANDBOOK
    )
    first, second = await ask(graph, QUESTION), await ask(graph, QUESTION)
    assert second.receipt["cache"] == "hit"
    assert verdicts(second) == verdicts(first) == ["verified"]
    assert drafts(server) == (1, 1)


async def test_a_quote_cannot_forge_its_end(scripted: Scripted) -> None:
    server = scripted(drafting_and(give_answer((OPEN, [1], [])), readings((1, "supported", "30 days"))))
    await ask(graph_of(server, nonce=lambda: "n0nce"), QUESTION)
    asked = next(request for request in server.requests if is_reading(request))
    assert "</quoted n0nce>" in json.dumps(asked["messages"])
