"""Several questions in one conversation at once, by whatever way they come; one that is deleted meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.conversations.store import thread_of
from app.storage.sqlite import sqlite_file
from tests.app.api.wire.conftest import VOLTS
from tests.app.api.wire.langgraph.conftest import LATE, SOON, Wire
from tests.support.door import USER

pytestmark = pytest.mark.anyio

RUN: dict[str, Any] = {"assistant_id": "pincite:fast", "if_not_exists": "create"}


@pytest.fixture
async def anna(wire: Wire) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wire.door.url, headers=wire.door.headers, timeout=60) as client:
        yield client


async def said_in(anna: httpx.AsyncClient, name: str) -> list[str]:
    """What was asked in a conversation, in its order; each question has been answered."""
    turns = (await anna.get(f"/v1/threads/{name}")).json()["turns"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
    return [turn["content"] for turn in turns[::2]]


async def test_four_at_once_are_answered_one_after_the_other(anna: httpx.AsyncClient) -> None:
    name = str(uuid.uuid4())
    questions = [f"{SOON} {number}" for number in range(4)]
    asked = (
        anna.post(f"/threads/{name}/runs/wait", json={**RUN, "input": {"question": one}}) for one in questions
    )
    told = await asyncio.gather(*asked)
    assert [one.status_code for one in told] == [200] * 4
    assert sorted(await said_in(anna, name)) == questions


async def test_two_ways_to_ask_lose_no_turn(anna: httpx.AsyncClient) -> None:
    name = str(uuid.uuid4())
    ours = [
        anna.post("/v1/answers", json={"question": f"{SOON} {number}", "thread": name, "chain": "fast"})
        for number in range(2)
    ]
    theirs = anna.post(f"/threads/{name}/runs/wait", json={**RUN, "input": {"question": f"{SOON} 2"}})
    told = await asyncio.gather(*ours, theirs)
    assert [one.status_code for one in told] == [200] * 3
    assert sorted(await said_in(anna, name)) == [f"{SOON} {number}" for number in range(3)]


@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_deleted_while_it_is_answered_does_not_come_back(
    anna: httpx.AsyncClient, wire: Wire, stream: bool
) -> None:
    name = str(uuid.uuid4())
    body = {"question": LATE, "thread": name, "chain": "fast", "stream": stream}
    asked = asyncio.create_task(anna.post("/v1/answers", json=body))
    while not (await anna.get(f"/v1/threads/{name}")).is_success:  # noqa: ASYNC110 - another's progress
        await asyncio.sleep(0.02)
    assert (await anna.delete(f"/v1/threads/{name}")).status_code == 204

    told = await asked
    assert "conversation-gone" in told.text
    assert told.status_code == (200 if stream else 409)
    with sqlite_file(
        wire.pincite.settings.home / wire.pincite.settings.tenant / "threads.sqlite", 10
    ) as kept:
        for table in ("checkpoints", "writes"):
            query = f"SELECT count(*) FROM {table} WHERE thread_id = ?"  # noqa: S608 - our own words
            assert kept.execute(query, (thread_of(USER, name),)).fetchone() == (0,)


@pytest.mark.parametrize("name", ["a/b", "..", "a\nb", "a\0b"])
async def test_a_name_that_no_address_holds_is_refused(anna: httpx.AsyncClient, name: str) -> None:
    told = await anna.post("/threads", json={"thread_id": name})
    assert (told.status_code, "no slash" in told.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/threads/NAME/runs", r'{"input": {"question": "x"}, "config": {"\ud800": 1}}'),
        ("/runs/stream", r'{"input": {"question": "x"}, "stream_mode": ["\ud800"]}'),
        ("/runs/wait", r'{"input": {"messages": [{"type": "human", "content": "q", "id": "\uDC00"}]}}'),
        ("/threads/NAME/commands", r'{"id": 1, "method": "run.start", "params": {"config": {"\ud800": 1}}}'),
    ],
)
async def test_half_a_character_is_refused_before_anything_is_asked(
    anna: httpx.AsyncClient, path: str, body: str
) -> None:
    written = body.replace("{", '{"assistant_id": "pincite", "if_not_exists": "create", ', 1)
    path = path.replace("NAME", str(uuid.uuid4()))
    told = await anna.post(path, content=written, headers={"content-type": "application/json"})
    assert (told.status_code, told.json()["code"]) == (422, "half-character")


async def test_a_whole_character_of_two_halves_is_taken(anna: httpx.AsyncClient) -> None:
    body = rf'{{"question": "{VOLTS} \ud83d\ude00", "extractive": true}}'
    told = await anna.post("/v1/answers", content=body, headers={"content-type": "application/json"})
    assert told.status_code == 200
