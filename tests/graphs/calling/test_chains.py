"""Chains of models in the graph: which is asked, in what form, at what cost, and which is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.calling.breaker import Breakers
from graphs.calling.chains import ChainModel
from graphs.parts import Limits, PriceQuote
from graphs.state import AskContext
from prompts.load import Prompt, make_template
from tests.support.graph_parts import ask, chat, corpus, first_sentence, said

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
SENTENCE = "The G2 gateway has a warranty of 24 months."
GOOD = give_answer((SENTENCE, [1], ["warranty of 24 months"]))
LIMITS = Limits(model_attempts=1)


def graph_of(*models: Any, **parts: Any) -> AnswerGraph:
    parts = {"limits": LIMITS, "extractor": first_sentence(), **parts}
    return build_answer_graph(
        retriever=corpus(), model=models[0] if models else None, fallback_models=models[1:], **parts
    )


async def test_a_run_chooses_its_chain(scripted: Scripted) -> None:
    default, fast = scripted([GOOD]), scripted([GOOD])
    graph = graph_of(chat(default, "default"), chains={"fast": [chat(fast, "fast")]})
    answer = await ask(graph, QUESTION, context=AskContext(chain="fast"))
    assert (answer.receipt["model"], answer.receipt["context"]["chain"]) == ("fast", "fast")
    assert (await ask(graph, QUESTION)).receipt["model"] == "default"
    assert (len(default.requests), len(fast.requests)) == (1, 1)


async def test_a_chain_that_does_not_exist_is_refused_in_one_line(scripted: Scripted) -> None:
    server = scripted([GOOD])
    graph = graph_of(chat(server), chains={"fast": [chat(server)], "careful": [chat(server)]})
    answer = await ask(graph, QUESTION, context=AskContext(chain="quick"))
    assert answer.status == "refused"
    assert answer.problem is not None
    assert answer.problem.code == "unknown-chain"
    assert answer.text == "There is no chain of models called 'quick'; there are: fast, careful."
    assert server.requests == []


async def test_without_a_default_chain_the_documents_answer(scripted: Scripted) -> None:
    server = scripted([GOOD])
    graph = graph_of(chains={"fast": [chat(server)]})
    assert (await ask(graph, QUESTION)).mode == "extractive"
    assert (await ask(graph, QUESTION, context=AskContext(chain="fast"))).mode == "model"


async def test_the_receipt_names_the_model_asked_and_the_one_that_served(scripted: Scripted) -> None:
    server = scripted([Reply(tool=GOOD.tool, arguments=GOOD.arguments, model="gpt-test-2026-11-01")])
    receipt = (await ask(graph_of(chat(server)), QUESTION)).receipt
    assert (receipt["model"], receipt["model_served"]) == ("gpt-test", "gpt-test-2026-11-01")


def priced(model: str, where: str, usage: Mapping[str, Any] | None) -> PriceQuote:
    known = model == "gpt-test" and usage
    return PriceQuote(0.01 * usage["output_tokens"] if known and usage else None, "prices 7")


async def test_every_call_is_priced(scripted: Scripted) -> None:
    server = scripted([Reply(content=""), GOOD])
    graph = graph_of(chat(server), price=priced, limits=Limits(model_attempts=2))
    receipt = (await ask(graph, QUESTION)).receipt
    assert receipt["cost"] == {"usd": 0.6, "unknown_models": [], "price_version": "prices 7"}


async def test_one_unknown_price_makes_the_cost_unknown(scripted: Scripted) -> None:
    first, second = scripted([Reply(content="")]), scripted([GOOD])
    graph = graph_of(chat(first, "mystery"), chat(second), price=priced)
    receipt = (await ask(graph, QUESTION)).receipt
    assert receipt["cost"] == {"usd": None, "unknown_models": ["mystery"], "price_version": "prices 7"}


async def test_a_call_that_failed_on_its_way_leaves_the_cost_unknown(scripted: Scripted) -> None:
    first, second = scripted([Reply(status=500)]), scripted([GOOD])
    graph = graph_of(chat(first), chat(second), price=priced)
    assert (await ask(graph, QUESTION)).receipt["cost"]["usd"] is None


async def test_a_model_that_runs_here_costs_nothing(scripted: Scripted) -> None:
    local = ChainModel(chat(scripted([GOOD]), "mystery"), runs_here=True)
    receipt = (await ask(graph_of(local, price=priced), QUESTION)).receipt
    assert receipt["cost"] == {"usd": 0.0, "unknown_models": [], "price_version": None}


async def test_a_follow_up_is_counted_priced_and_broken_off_like_a_draft(scripted: Scripted) -> None:
    server = scripted([Reply(content=QUESTION), GOOD, Reply(status=500)])
    breakers = Breakers(failures=1, pause_s=60)
    graph = graph_of(chat(server), price=priced, breakers=breakers)
    talk = said("What is the warranty of the G2 gateway?", "24 months.", "And how long is it?")
    answer = await ask(graph, "", messages=talk)
    assert answer.receipt["usage"]["gpt-test"]["calls"] == 2
    assert answer.receipt["cost"]["usd"] == 0.6
    broken = await ask(graph, "", messages=talk)
    assert broken.mode == "extractive"
    assert broken.receipt["usage"]["gpt-test"]["calls_without_usage"] == 1
    assert broken.receipt["fallbacks"] == [
        {"step": "contextualize", "failed": "gpt-test", "why": "the server answered 500"},
        {"step": "generate", "failed": "gpt-test", "why": "resting after 1 failure"},
    ]


async def test_an_endpoint_that_keeps_failing_is_left_alone_then_tried(scripted: Scripted) -> None:
    now = [0.0]
    first, second = scripted([Reply(status=503), Reply(status=503), GOOD]), scripted([GOOD])
    breakers = Breakers(failures=2, pause_s=30, clock=lambda: now[0])
    graph = graph_of(chat(first, "first"), chat(second, "second"), breakers=breakers)
    for _ in range(2):
        await ask(graph, QUESTION)
    resting = await ask(graph, QUESTION)
    assert resting.receipt["model"] == "second"
    assert resting.receipt["fallbacks"] == [
        {"step": "generate", "failed": "first", "why": "resting after 2 failures"}
    ]
    assert len(first.requests) == 2
    now[0] = 30.0
    assert (await ask(graph, QUESTION)).receipt["model"] == "first"


async def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(scripted: Scripted) -> None:
    now = [0.0]
    server = scripted([Reply(status=429, headers={"retry-after": "300"}), GOOD])
    graph = graph_of(chat(server), breakers=Breakers(clock=lambda: now[0]))
    await ask(graph, QUESTION)
    now[0] = 299.0
    assert (await ask(graph, QUESTION)).receipt["fallbacks"][0]["why"] == "resting, as the server asked"
    now[0] = 300.0
    assert (await ask(graph, QUESTION)).mode == "model"


async def test_a_refused_key_and_a_bad_draft_do_not_open_the_breaker(scripted: Scripted) -> None:
    server = scripted([Reply(status=401), Reply(content=""), GOOD])
    graph = graph_of(chat(server), breakers=Breakers(failures=1))
    for _ in range(2):
        assert (await ask(graph, QUESTION)).mode == "extractive"
    assert (await ask(graph, QUESTION)).mode == "model"


async def test_drafts_held_to_a_schema_come_as_text_and_without_tools(scripted: Scripted) -> None:
    server = scripted([Reply(content=json.dumps(GOOD.arguments))])
    graph = graph_of(ChainModel(chat(server), draft_format="json_schema"))
    answer = await ask(graph, QUESTION)
    assert (answer.mode, answer.text) == ("model", f"{SENTENCE} [1]")
    form = server.requests[0]["response_format"]
    assert (form["type"], form["json_schema"]["name"]) == ("json_schema", "give_answer")
    assert form["json_schema"]["schema"]["required"] == ["claims", "not_answerable"]
    assert "tools" not in server.requests[0]
    assert answer.receipt["usage"]["gpt-test"]["calls_without_usage"] == 0


async def test_drafts_as_text_end_in_marks(scripted: Scripted) -> None:
    server = scripted([Reply(content=f"{SENTENCE[:-1]} [1].")])
    answer = await ask(graph_of(ChainModel(chat(server), draft_format="text")), QUESTION)
    assert answer.text == f"{SENTENCE} [1]"
    assert not {"tools", "response_format"} & set(server.requests[0])


async def test_a_schema_does_not_hold_a_stream_back(scripted: Scripted) -> None:
    from graphs.calling.chains import with_schema
    from graphs.drafting.read import give_answer as schema

    server = scripted([Reply(content=json.dumps(GOOD.arguments), pieces=6)])
    chunks = [chunk async for chunk in with_schema(chat(server), schema).astream("hello")]
    assert sum(bool(chunk.text) for chunk in chunks) >= 6


async def test_a_bad_draft_is_mended(scripted: Scripted) -> None:
    server = scripted([Reply(tool="give_answer", arguments={"claims": "none"}), GOOD])
    answer = await ask(graph_of(chat(server), limits=Limits(model_attempts=2)), QUESTION)
    assert answer.mode == "model"
    assert "could not be read: the model's answer does not fit: claims" in server.prompt()
    assert "could not be read" not in server.prompt(0)


async def test_all_rounds_of_a_question_share_one_deadline(scripted: Scripted) -> None:
    """A draft that took most of the time, and was not supported, leaves only the rest for its second."""
    wrong = give_answer(("The G2 gateway has a warranty of 36 months.", [1], []))
    now = [0.0]

    def slow(request: dict[str, Any]) -> Reply:
        now[0] += 40.0
        return wrong

    server = scripted(slow)
    graph = graph_of(chat(server), clock=lambda: now[0], limits=Limits(deadline_s=45.0, model_attempts=1))
    await ask(graph, QUESTION)
    assert len(server.requests) == 2
    now[0], server.requests[:] = 0.0, []
    graph = graph_of(chat(server), clock=lambda: now[0], limits=Limits(deadline_s=40.0, model_attempts=1))
    answer = await ask(graph, QUESTION)
    assert len(server.requests) == 1
    assert answer.receipt["fallbacks"][0]["why"] == "no answer in time"


async def test_a_prompt_of_ones_own_is_used_and_named(scripted: Scripted) -> None:
    template = make_template("Be brief.", "{evidence} {failures} {question}")
    prompt = Prompt("hub:acme/answers:01234567", "01234567", "c" * 64, template)
    server = scripted([GOOD])
    receipt = (await ask(graph_of(chat(server), answer_prompt=prompt), QUESTION)).receipt
    assert receipt["prompts"] == [
        {"name": "hub:acme/answers:01234567", "version": "01234567", "sha256": "c" * 64}
    ]
    assert server.requests[0]["messages"][0]["content"] == "Be brief."
