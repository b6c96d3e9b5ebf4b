"""LangGraph's own Python clients, unchanged, against our server: ``langgraph_sdk`` and ``RemoteGraph``."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from langchain_core.messages import HumanMessage
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import BadRequestError, ConflictError, NotFoundError

from graphs.contracts import Answer
from tests.app.api.wire.conftest import UNKNOWN, VOLTS
from tests.app.api.wire.langgraph.conftest import NEVER, SOON, Wire
from tests.support.door import USER

pytestmark = pytest.mark.anyio

FAST = "pincite:fast"
SAID = "The Heron gateway needs a supply of 12 volts. [1] It draws 400 milliamperes at most. [1]"
WHOLE = f"{SAID}\n\nSources:\n\n- [1] Heron gateway manual"


def human(text: str, id: str | None = None) -> dict[str, Any]:
    return {"messages": [{"type": "human", "content": text, **({"id": id} if id else {})}]}


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=wire.door.url, api_key=wire.door.key) as client:
        yield client


async def test_assistants_are_the_models(client: LangGraphClient) -> None:
    found = await client.assistants.search(limit=10)
    assert [one["name"] for one in found] == ["pincite", "pincite-extractive", FAST]
    (fast,) = [one for one in found if one["name"] == FAST]
    assert (fast["graph_id"], fast["context"]) == ("pincite", {"chain": "fast"})
    assert (await client.assistants.get(fast["assistant_id"]))["name"] == FAST
    schemas = await client.assistants.get_schemas(fast["assistant_id"])
    assert set((schemas["input_schema"] or {})["properties"]) == {"question", "messages", "filters"}
    assert set((schemas["context_schema"] or {})["properties"]) == {"extractive", "chain"}
    with pytest.raises(NotFoundError):
        await client.assistants.get("gpt")
    assert await client.assistants.search(graph_id="other") == []


async def test_a_conversation_is_asked_read_found_and_deleted(client: LangGraphClient, wire: Wire) -> None:
    thread = (await client.threads.create(metadata={"graph_id": "pincite"}))["thread_id"]
    assert (await client.threads.get_state(thread))["values"] == {}
    assert await client.threads.get_history(thread) == []
    first: Any = await client.runs.wait(thread, FAST, input=human(VOLTS, "q1"))
    assert first["messages"][0]["id"] == "q1"
    assert text_of(first["messages"][1]) == WHOLE
    answer = Answer.model_validate(first["answer"])
    (block,) = first["messages"][1]["content"]
    for claim, note in zip(answer.claims, block["annotations"], strict=True):
        assert block["text"][note["start_index"] : note["end_index"]] == claim.text
        assert note["cited_text"] == answer.citations[0].quote
    second: Any = await client.runs.wait(thread, FAST, input=human("And how many does it draw?"))
    assert second["messages"][:2] == first["messages"]
    state = await client.threads.get_state(thread)
    assert state["values"] == second
    assert list(state["next"]) == []
    (end,) = await client.threads.get_history(thread)
    assert end["checkpoint"] == state["checkpoint"]
    assert (await client.threads.get(thread))["status"] == "idle"
    (found,) = await client.threads.search(ids=[thread], metadata={"assistant_id": FAST}, limit=5)
    assert found["values"] == second
    assert await client.threads.search(metadata={"team": "a"}) == []
    # The same conversation as ours.
    turns = await wire.pincite.turns(USER, thread)
    assert [role for role, _ in turns] == ["user", "assistant"] * 2
    await client.threads.delete(thread)
    with pytest.raises(NotFoundError):
        await client.threads.get_state(thread)


async def test_a_conversation_of_ours_goes_on_there(client: LangGraphClient, wire: Wire) -> None:
    name = f"trip {uuid.uuid4()}"
    asked = {"question": VOLTS, "thread": name}
    async with httpx.AsyncClient(base_url=wire.door.url, headers=wire.door.headers, timeout=60) as ours:
        assert (await ours.post("/v1/answers", json=asked)).status_code == 200
    state: Any = await client.threads.get_state(name)
    assert [one["type"] for one in state["values"]["messages"]] == ["human", "ai"]
    values: Any = await client.runs.wait(name, "pincite", input={"question": UNKNOWN})
    assert (len(values["messages"]), values["answer"]["status"]) == (4, "abstained")


async def test_every_mode_of_a_stream_tells_the_same(client: LangGraphClient) -> None:
    thread = str(uuid.uuid4())
    modes: Any = ["values", "updates", "messages-tuple", "messages", "custom", "debug"]
    parts = [
        part
        async for part in client.runs.stream(
            thread, FAST, input=human(VOLTS), stream_mode=modes, if_not_exists="create"
        )
    ]
    by: dict[str, list[Any]] = {}
    for part in parts:
        by.setdefault(part.event, []).append(part.data)
    assert by["metadata"][0]["passed_over"][-1] == "stream_mode.debug"
    first, last = by["values"]
    assert [one["type"] for one in first["messages"]] == ["human"]
    assert text_of(last["messages"][-1]) == WHOLE
    chunks = [chunk for chunk, _ in by["messages"]]
    assert "".join(one["content"] for one in chunks) == WHOLE
    assert {one["id"] for one in chunks} == {last["messages"][-1]["id"]}
    assert [one[0]["content"] for one in by["messages/partial"]][-1] == WHOLE
    assert by["messages/complete"] == [[last["messages"][-1]]]
    kinds = [one["type"] for one in by["custom"]]
    assert kinds[-1] == "answer"
    assert kinds.count("sentence") == 2
    assert next(iter(by["updates"][0])) == "guard"
    assert by["updates"][-1] == {"release": {"answer": last["answer"], "messages": last["messages"][-1:]}}
    assert (await client.threads.get_state(thread))["values"] == last


async def test_a_run_in_the_background_is_found_followed_and_waited_for(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, FAST, input=human(SOON))
    assert run["status"] == "running"
    joined: Any = await client.runs.join(thread, run["run_id"])
    assert text_of(joined["messages"][-1]) == WHOLE
    assert (await client.runs.get(thread, run["run_id"]))["status"] == "success"
    assert [one["run_id"] for one in await client.runs.list(thread)] == [run["run_id"]]
    told = [part async for part in client.runs.join_stream(thread, run["run_id"], stream_mode=["values"])]
    assert told[-1].data == joined
    after = [
        part
        async for part in client.runs.join_stream(
            thread, run["run_id"], stream_mode=["values"], last_event_id=told[-1].id or ""
        )
    ]
    assert after == []
    with pytest.raises(NotFoundError):
        await client.runs.get(thread, "another")


async def test_a_run_is_stopped_and_the_conversation_goes_on(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, FAST, input=human(NEVER))
    assert (await client.threads.get(thread))["status"] == "busy"
    assert (await client.threads.get_state(thread))["next"]
    with pytest.raises(ConflictError):
        await client.runs.create(thread, FAST, input=human(VOLTS), multitask_strategy="reject")
    await client.runs.cancel(thread, run["run_id"])
    assert (await client.runs.get(thread, run["run_id"]))["status"] == "interrupted"
    assert list((await client.threads.get_state(thread))["next"]) == []
    again = await client.runs.create(thread, FAST, input=human(NEVER))
    values: Any = await client.runs.wait(thread, FAST, input=human(VOLTS), multitask_strategy="interrupt")
    assert (await client.runs.get(thread, again["run_id"]))["status"] == "interrupted"
    assert values["answer"]["status"] == "answered"


async def test_the_next_question_waits_for_the_answer_before(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    await client.runs.create(thread, FAST, input=human(SOON))
    values: Any = await client.runs.wait(thread, FAST, input=human(VOLTS))
    assert [one["content"] for one in values["messages"][::2]] == [SOON, VOLTS]
    assert [one["type"] for one in values["messages"]] == ["human", "ai"] * 2


async def test_a_run_alone_keeps_no_conversation(client: LangGraphClient) -> None:
    before = len(await client.threads.search(limit=1000))
    earlier = [{"role": "user", "content": VOLTS}, {"role": "assistant", "content": WHOLE}]
    asked: Any = {"messages": [*earlier, {"role": "user", "content": "How many does it draw?"}]}
    values: Any = await client.runs.wait(None, "pincite", input=asked)
    assert "400 milliamperes" in values["answer"]["text"]
    parts = [part async for part in client.runs.stream(None, FAST, input=human(VOLTS))]
    assert text_of(parts[-1].data["messages"][-1]) == WHOLE
    assert len(await client.threads.search(limit=1000)) == before


async def test_the_newer_protocol_tells_values_messages_and_events(
    client: LangGraphClient, wire: Wire
) -> None:
    async with client.threads.stream(assistant_id=FAST) as thread:
        await thread.run.start(input=human(VOLTS))
        values = await thread.output
    assert (await client.threads.get_state(thread.thread_id))["values"] == values
    assert text_of(values["messages"][-1]) == WHOLE
    told = await events_of(wire, thread.thread_id, ["messages", "custom:sentence", "lifecycle"])
    by: dict[str, list[Any]] = {}
    for event in told:
        by.setdefault(event["method"], []).append(event["params"]["data"])
    assert [one["event"] for one in by["lifecycle"]] == ["running", "completed"]
    deltas = [one["delta"]["text"] for one in by["messages"] if one["event"] == "content-block-delta"]
    assert "".join(deltas) == WHOLE
    assert (by["messages"][0]["role"], by["messages"][0]["id"]) == ("ai", values["messages"][-1]["id"])
    assert [one["payload"]["claim"] for one in by["custom"]] == values["answer"]["claims"]
    numbers = [event["seq"] for event in told]
    assert numbers == sorted(set(numbers))
    again = await events_of(wire, thread.thread_id, ["messages", "lifecycle"], since=numbers[-2])
    assert [event["seq"] for event in again] == numbers[-1:]


async def events_of(wire: Wire, thread: str, channels: list[str], since: int = 0) -> list[dict[str, Any]]:
    """What the stream of a conversation tells, until its newest run has ended."""
    found: list[dict[str, Any]] = []
    asked = {"channels": channels, "since": since}
    async with (
        httpx.AsyncClient(base_url=wire.door.url, headers=wire.door.headers, timeout=60) as client,
        client.stream("POST", f"/threads/{thread}/stream/events", json=asked) as told,
    ):
        async for line in told.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
                if found[-1]["params"]["data"].get("event") == "completed":
                    break
    return found


def test_the_synchronous_client_waits_and_streams(wire: Wire) -> None:
    with get_sync_client(url=wire.door.url, api_key=wire.door.key) as client:
        thread = client.threads.create()["thread_id"]
        values: Any = client.runs.wait(thread, "pincite", input={"question": VOLTS})
        assert values["answer"]["receipt"]["user"] == USER
        parts = list(client.runs.stream(thread, FAST, input=human(VOLTS), stream_mode="custom"))
        assert parts[-1].data["type"] == "answer"


async def test_a_remote_graph_is_asked_as_a_local_one_is(client: LangGraphClient) -> None:
    graph = RemoteGraph(FAST, client=client)
    values = await graph.ainvoke({"messages": [HumanMessage(VOLTS)]})
    assert text_of(values["messages"][-1]) == WHOLE
    config: Any = {"configurable": {"thread_id": str(uuid.uuid4())}}
    parts: Any = graph.astream(human(VOLTS), config, stream_mode=["values", "custom"])
    told = [part async for part in parts]
    assert told[0][0] == "values"
    assert any(mode == "custom" and part["type"] == "sentence" for mode, part, *_ in told)
    state = await graph.aget_state(config)
    assert state.values == told[-1][1]
    assert [node.name for node in (await graph.aget_graph()).nodes.values()][1] == "guard"


def test_a_remote_graph_without_an_event_loop(wire: Wire) -> None:
    with get_sync_client(url=wire.door.url, api_key=wire.door.key) as client:
        graph = RemoteGraph(FAST, sync_client=client)
        assert graph.invoke({"question": UNKNOWN})["answer"]["status"] == "abstained"
        told = list(graph.stream({"question": VOLTS}, stream_mode="updates"))
        assert next(iter(told[-1])) == "release"
        with pytest.raises(BadRequestError, match="there is no message"):
            graph.invoke({"question": ""})
