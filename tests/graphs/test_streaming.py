"""What leaves while it happens, and in which form: events, messages, plain JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import TypeAdapter

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.events import Event
from graphs.parts import GuardResult
from graphs.state import AnswerInput
from tests.support.graph_parts import chat, corpus, first_sentence, gate, said, stored_text
from tools.search_documents import make_search_documents

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

QUESTION = "How long are the G2 gateway and its batteries covered by the warranty?"
TWO = give_answer(
    ("The G2 gateway has a warranty of 24 months.", [1], ["warranty of 24 months"]),
    ("Its batteries are covered for 6 months.", [1], ["covered for 6 months"]),
)
WRONG = give_answer(("The G2 gateway has a warranty of 36 months.", [1], []))


async def test_each_sentence_is_checked_before_it_leaves_and_the_answer_comes_last(
    scripted: Scripted,
) -> None:
    checked: list[str] = []

    def check(text: str) -> GuardResult:
        checked.append(text)
        return GuardResult("g", "allow", text)

    graph = build_answer_graph(
        retriever=corpus(), model=chat(scripted([replace(TWO, tokens_per_s=500)])), check_answer=check
    )
    events: list[dict[str, Any]] = []
    async for event in graph.astream({"question": QUESTION}, stream_mode="custom"):
        if event["type"] == "sentence":
            assert event["claim"]["text"] in checked
        events.append(event)
    assert [event.get("node", event["type"]) for event in events] == [
        *("guard", "contextualize", "retrieve", "rerank"),
        *("sentence", "sentence", "generate", "cite", "release", "answer"),
    ]
    answer = Answer.model_validate(events[-1]["answer"])
    sentences = [event for event in events if event["type"] == "sentence"]
    assert [event["claim"]["text"] for event in sentences] == [claim.text for claim in answer.claims]
    assert [event["citations"][0]["quote"] for event in sentences] == [c.quote for c in answer.citations]
    assert all(event["ms"] >= 0 for event in events if event["type"] == "step")
    assert len(checked) == 2
    for event in events:
        TypeAdapter(Event).validate_python(event)
    json.dumps(events)


PROSE = Reply(
    content="The G2 gateway has a warranty of 24 months [1]. Its batteries are covered for 6 months. [1]",
    tokens_per_s=200,
)


@pytest.mark.parametrize("reply", [replace(TWO, tokens_per_s=200), PROSE], ids=["tool", "prose"])
async def test_the_first_sentence_leaves_before_the_model_has_finished(
    reply: Reply, scripted: Scripted
) -> None:
    graph = build_answer_graph(retriever=corpus(), model=chat(scripted([reply])), stored_text=stored_text)
    at: dict[str, float] = {}
    async for event in graph.astream({"question": QUESTION}, stream_mode="custom"):
        at.setdefault(str(event.get("node") or event["type"]), time.monotonic())
        if event["type"] == "answer":
            answer = Answer.model_validate(event["answer"])
    assert at["generate"] - at["sentence"] > 0.05
    assert [claim.verdict for claim in answer.claims] == ["verified", "verified"]
    receipt = answer.receipt
    assert 0 < receipt["first_chunk_ms"] < receipt["first_sentence_ms"]


async def test_what_was_said_before_the_stream_broke_stands_and_is_not_said_twice(scripted: Scripted) -> None:
    cut = replace(TWO, tokens_per_s=500, cut_after=50)
    server = scripted([cut, TWO])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), stored_text=stored_text)
    events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    texts = [event["claim"]["text"] for event in events if event["type"] == "sentence"]
    assert texts == ["The G2 gateway has a warranty of 24 months.", "Its batteries are covered for 6 months."]
    answer = Answer.model_validate(events[-1]["answer"])
    assert [claim.text for claim in answer.claims] == texts
    assert answer.receipt["usage"]["gpt-test"]["calls_without_usage"] == 1


async def test_a_stream_that_breaks_for_good_leaves_what_was_checked(scripted: Scripted) -> None:
    cut = replace(TWO, tokens_per_s=500, cut_after=50)
    graph = build_answer_graph(
        retriever=corpus(), model=chat(scripted([cut])), extractor=first_sentence(), stored_text=stored_text
    )
    events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    answer = Answer.model_validate(events[-1]["answer"])
    assert [claim.text for claim in answer.claims] == ["The G2 gateway has a warranty of 24 months."]
    assert (answer.status, answer.mode) == ("answered", "model")
    assert any("did not finish" in notice for notice in answer.notices)


async def test_nothing_leaves_early_of_a_draft_whose_first_sentence_fails(scripted: Scripted) -> None:
    bad = give_answer(
        ("The G2 gateway has a warranty of 36 months.", [1], []),
        ("Its batteries are covered for 6 months.", [1], []),
    )
    server = scripted([replace(bad, tokens_per_s=500), TWO])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), stored_text=stored_text)
    events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    order = [event.get("node", event["type"]) for event in events]
    assert order.index("sentence") > order.index("cite")
    assert len(server.requests) == 2


async def test_a_reader_who_leaves_ends_the_model_call(scripted: Scripted) -> None:
    endless = Reply(content="The G2 gateway has a warranty of 24 months [1]. " * 200, tokens_per_s=100)
    server = scripted([endless])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), stored_text=stored_text)
    stream = graph.astream({"question": QUESTION}, stream_mode="custom")
    async for event in stream:
        if event["type"] == "sentence":
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert await until(lambda: server.hung_up == 1)


async def test_a_model_that_writes_on_and_on_is_stopped(scripted: Scripted) -> None:
    server = scripted([Reply(content="a" * 100_000, tokens_per_s=100_000)])
    graph = build_answer_graph(
        retriever=corpus(), model=chat(server), extractor=first_sentence(), stored_text=stored_text
    )
    result = await graph.ainvoke({"question": QUESTION})
    answer = Answer.model_validate(result["answer"])
    assert answer.mode == "extractive"
    assert "wrote more than 8192 characters" in answer.notices[0]
    assert answer.receipt["usage"]["gpt-test"]["calls_without_usage"] == 2


async def until(happened: Callable[[], bool], steps: int = 250) -> bool:
    for _ in range(steps):
        if happened():
            return True
        await anyio.sleep(0.02)
    return False


@pytest.mark.parametrize("question", ["", "Penguins?"])
async def test_every_end_is_told(question: str) -> None:
    graph = build_answer_graph(retriever=corpus(), extractor=first_sentence())
    events = [event async for event in graph.astream({"question": question}, stream_mode="custom")]
    assert events[-1]["type"] == "answer"
    assert not [event for event in events if event["type"] == "sentence"]


async def test_no_token_of_a_draft_is_streamed(scripted: Scripted) -> None:
    server = scripted([Reply(content="How long is the G2 gateway covered by the warranty?"), WRONG, TWO])
    graph = build_answer_graph(retriever=corpus(), model=chat(server), stored_text=stored_text)
    given: AnswerInput = {"question": QUESTION, "messages": said("Hello", "Hello.")}
    streamed: list[Any] = [one async for one in graph.astream(given, stream_mode=["messages", "custom"])]
    messages: list[tuple[BaseMessage, dict[str, Any]]] = [
        part for mode, part in streamed if mode == "messages"
    ]
    assert {meta["langgraph_node"] for _, meta in messages} <= {"guard", "release"}
    assert not [message for message, _ in messages if "36 months" in str(message)]
    released = [message.text for message, meta in messages if meta["langgraph_node"] == "release"]
    assert "".join(released).split() == (
        "The G2 gateway has a warranty of 24 months. Its batteries are covered for 6 months.".split()
    )
    (answer,) = [part["answer"] for mode, part in streamed if mode == "custom" and part["type"] == "answer"]
    assert answer["receipt"]["usage"]["gpt-test"] == {
        "calls": 3,
        "input_tokens": 360,
        "output_tokens": 90,
        "calls_without_usage": 0,
    }
    assert all(request["stream"] for request in server.requests)


async def test_a_streamed_model_that_hides_its_usage_is_not_counted_as_free(scripted: Scripted) -> None:
    model = chat(scripted([TWO])).model_copy(update={"stream_usage": False})
    graph = build_answer_graph(retriever=corpus(), model=model)
    streamed: list[Any] = [
        one async for one in graph.astream({"question": QUESTION}, stream_mode=["messages", "custom"])
    ]
    (answer,) = [part["answer"] for mode, part in streamed if mode == "custom" and part["type"] == "answer"]
    assert answer["receipt"]["usage"]["gpt-test"]["calls_without_usage"] == 1


async def test_the_state_is_plain_json_and_the_output_narrow(scripted: Scripted) -> None:
    found = corpus()
    server = scripted([Reply(tool="search_documents", arguments={"query": "return device"}), WRONG, TWO])
    graph = build_answer_graph(
        retriever=found,
        model=chat(server),
        tools=[make_search_documents(found)],
        gate=gate(0.9),
        stored_text=stored_text,
        index_generation=lambda: 7,
        checkpointer=InMemorySaver(),
    )
    config: Any = {"configurable": {"thread_id": "1"}}
    result = await graph.ainvoke({"question": QUESTION, "filters": {"version": ["2.4"]}}, config)
    assert set(result) == {"answer", "messages"}
    async for snapshot in graph.aget_state_history(config):
        values = {key: value for key, value in snapshot.values.items() if key != "messages"}
        assert json.loads(json.dumps(values)) == values
    answer = Answer.model_validate(result["answer"])
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
    assert answer.receipt["index_generation"] == 7


async def test_the_message_carries_langchains_citations(scripted: Scripted) -> None:
    graph = build_answer_graph(retriever=corpus(), model=chat(scripted([TWO])), stored_text=stored_text)
    result = await graph.ainvoke({"question": QUESTION})
    message = result["messages"][-1]
    assert isinstance(message, AIMessage)
    answer = Answer.model_validate(result["answer"])
    assert len(message.content_blocks) == len(answer.claims) == 2
    for block, claim, citation in zip(message.content_blocks, answer.claims, answer.citations, strict=True):
        assert block["type"] == "text"
        (annotation,) = block["annotations"]
        assert annotation["type"] == "citation"
        assert annotation["cited_text"] == citation.quote
        assert annotation["url"] == citation.uri
        assert block["text"][annotation["start_index"] : annotation["end_index"]] == claim.text


async def test_a_failure_is_told_as_an_error_and_then_as_the_answer(scripted: Scripted) -> None:
    graph = build_answer_graph(retriever=corpus(), model=chat(scripted([Reply(status=400)])))
    events = [event async for event in graph.astream({"question": QUESTION}, stream_mode="custom")]
    assert [event["type"] for event in events[-2:]] == ["error", "answer"]
    assert events[-2]["problem"] == events[-1]["answer"]["problem"]
    for event in events:
        TypeAdapter(Event).validate_python(event)
