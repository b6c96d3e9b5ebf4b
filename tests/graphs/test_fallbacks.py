"""When models fail: retry, the next model, sentences of the documents, or a clear failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from langchain_core.language_models import BaseChatModel

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import AnswerGraph, build_answer_graph
from graphs.parts import Limits
from tests.support.graph_parts import ask, chat, corpus, first_sentence, gate, path

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long is the warranty of the G2 gateway?"
GOOD = give_answer(("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"]))
QUICK = Limits(model_timeout_s=0.3, deadline_s=5.0, gate_model=0.0, gate_extractive=0.0)

PATIENT = replace(QUICK, model_timeout_s=20.0, deadline_s=40.0)


def graph_of(
    *models: BaseChatModel, extractor: bool = True, limits: Limits = QUICK, score: float = 1.0
) -> AnswerGraph:
    return build_answer_graph(
        retriever=corpus(),
        model=models[0],
        fallback_models=models[1:],
        extractor=first_sentence() if extractor else None,
        gate=gate(score),
        limits=limits,
    )


async def test_a_busy_model_is_asked_again(scripted: Scripted) -> None:
    server = scripted([Reply(status=429, headers={"retry-after": "0"}), GOOD])
    # Nothing here waits for a time-out, so a busy machine may take its time.
    answer = await ask(graph_of(chat(server), limits=PATIENT), QUESTION)
    assert (answer.status, answer.mode) == ("answered", "model")
    assert len(server.requests) == 2
    assert "fallbacks" not in answer.receipt


async def test_a_model_that_is_busy_and_then_hangs_gives_way_to_the_next(scripted: Scripted) -> None:
    first = scripted([Reply(status=429), Reply(hang_s=30)])
    second = scripted([GOOD])
    answer = await ask(graph_of(chat(first, "first"), chat(second, "second")), QUESTION)
    assert (answer.status, answer.mode) == ("answered", "fallback")
    assert answer.receipt["model"] == "second"
    assert answer.receipt["fallbacks"] == [
        {"step": "generate", "failed": "first", "why": "no answer in time"}
    ]
    assert len(first.requests) == 2
    # The first of its two calls was refused, which costs nothing; what the other cost nobody knows.
    assert answer.receipt["usage"]["first"] == {
        "calls": 1,
        "input_tokens": 0,
        "output_tokens": 0,
        "calls_without_usage": 1,
    }
    assert answer.receipt["cost"]["usd"] is None
    assert answer.receipt["usage"]["second"]["calls_without_usage"] == 0


async def test_when_all_models_fail_the_documents_answer_and_say_so(scripted: Scripted) -> None:
    servers = [scripted([Reply(status=500)]), scripted([Reply(status=503)])]
    answer = await ask(graph_of(*(chat(server) for server in servers)), QUESTION)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert [one["why"] for one in answer.receipt["fallbacks"]] == [
        "the server answered 500",
        "the server answered 503",
    ]
    assert answer.notices == [
        "The model did not answer (the server answered 503): these are sentences of the documents."
    ]
    assert answer.text == "The G2 gateway has a warranty of 24 months. [1]"


async def test_sentences_alone_need_better_evidence_than_a_model_does(scripted: Scripted) -> None:
    limits = Limits(model_attempts=1, gate_model=0.2, gate_extractive=0.8)
    graph = graph_of(chat(scripted([Reply(status=500), GOOD])), limits=limits, score=0.5)
    weak = await ask(graph, QUESTION)
    assert weak.status == "abstained"
    assert weak.abstention is not None
    assert "without a model" in weak.abstention.reason
    assert (await ask(graph, QUESTION)).status == "answered"


async def test_a_model_that_writes_nonsense_twice_gives_way(scripted: Scripted) -> None:
    server = scripted([Reply(tool="give_answer", arguments="{not json")])
    answer = await ask(graph_of(chat(server)), QUESTION)
    assert answer.mode == "extractive"
    assert answer.receipt["fallbacks"][0]["why"] == "the model's tool call is not valid JSON"
    assert answer.receipt["usage"]["gpt-test"]["calls"] == 2


@pytest.mark.parametrize(("status", "asked", "retryable"), [(401, 1, False), (400, 1, False), (503, 2, True)])
async def test_without_anybody_left_the_answer_fails(
    status: int, asked: int, retryable: bool, scripted: Scripted
) -> None:
    server = scripted([Reply(status=status)])
    answer = await ask(graph_of(chat(server), extractor=False), QUESTION)
    assert answer.status == "failed"
    assert len(server.requests) == asked
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.retryable) == ("generate-failed", retryable)
    assert len(answer.receipt["fallbacks"]) == 1
    assert path(answer)[-1] == "rerank"


async def test_a_model_without_time_left_is_not_asked(scripted: Scripted) -> None:
    now = iter(range(0, 10_000, 50))
    server = scripted([GOOD])
    graph = build_answer_graph(
        retriever=corpus(), model=chat(server), extractor=first_sentence(), clock=lambda: next(now)
    )
    answer = await ask(graph, QUESTION)
    assert answer.mode == "extractive"
    assert server.requests == []


async def test_the_tokens_of_every_call_are_counted(scripted: Scripted) -> None:
    wrong = give_answer(("The G2 gateway has a warranty of 36 months.", [1], []))
    server = scripted([Reply(content=""), wrong, Reply(status=429), GOOD])
    answer = await ask(graph_of(chat(server)), QUESTION)
    assert answer.status == "answered"
    assert answer.receipt["usage"]["gpt-test"] == {
        "calls": 3,
        "input_tokens": 360,
        "output_tokens": 90,
        "calls_without_usage": 0,
    }


async def test_the_tokens_of_a_failed_answer_are_counted_too(scripted: Scripted) -> None:
    answer = await ask(graph_of(chat(scripted([Reply(content="")])), extractor=False), QUESTION)
    assert answer.status == "failed"
    assert answer.receipt["usage"]["gpt-test"]["calls"] == 2
