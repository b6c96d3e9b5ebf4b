"""Conversations that are kept: from turn to turn, process to process and loop to loop."""

from __future__ import annotations

import asyncio
import gc
import threading
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint

from app.compose import open_pincite
from app.conversations.checkpoints import ThreadedSqliteSaver, open_checkpoints
from app.conversations.store import COMMAND_LINE, thread_of
from app.settings import Settings
from tests.support.cli import Command


@pytest.fixture
def saver(tmp_path: Path) -> Iterator[ThreadedSqliteSaver]:
    saver = open_checkpoints(tmp_path / "deep" / "threads.sqlite")
    yield saver
    saver.conn.close()


def thread(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name, "checkpoint_ns": ""}}


def checkpoint(number: int) -> Any:
    return {**empty_checkpoint(), "id": str(uuid.UUID(int=number)), "channel_values": {"n": number}}


async def put(saver: ThreadedSqliteSaver, name: str, number: int) -> RunnableConfig:
    return await saver.aput(
        thread(name), checkpoint(number), {"source": "loop", "step": number, "parents": {}}, {"n": number}
    )


@pytest.mark.anyio
async def test_checkpoints_are_kept_listed_and_deleted_by_thread(saver: ThreadedSqliteSaver) -> None:
    assert await saver.aget_tuple(thread("a")) is None
    for number in (1, 2, 3):
        await put(saver, "a", number)
    kept = await put(saver, "b", 4)
    await saver.aput_writes(kept, [("messages", "hello")], "task")
    latest = await saver.aget_tuple(thread("a"))
    assert latest is not None
    assert latest.checkpoint["channel_values"] == {"n": 3}
    listed = [item.metadata["step"] async for item in saver.alist(thread("a"))]
    assert listed == [3, 2, 1]
    assert [item.metadata["step"] async for item in saver.alist(thread("a"), limit=1)] == [3]
    assert [item.metadata["step"] async for item in saver.alist(thread("a"), before=latest.config)] == [2, 1]
    assert [item.metadata["step"] async for item in saver.alist(None, filter={"step": 2})] == [2]
    other = await saver.aget_tuple(thread("b"))
    assert other is not None
    assert other.pending_writes == [("task", "messages", "hello")]
    await saver.adelete_thread("a")
    assert await saver.aget_tuple(thread("a")) is None
    assert await saver.aget_tuple(thread("b")) is not None


@pytest.mark.anyio
async def test_the_loop_runs_on_while_a_checkpoint_waits_for_its_lock(
    saver: ThreadedSqliteSaver, tmp_path: Path
) -> None:
    blocker = open_checkpoints(tmp_path / "deep" / "threads.sqlite")
    blocker.setup()
    blocker.conn.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(put(saver, "a", 1))
    turns = 0
    for _ in range(20):
        await asyncio.sleep(0.001)
        turns += 1
    assert not writing.done()
    blocker.conn.rollback()
    await writing
    blocker.conn.close()
    assert turns == 20


def test_many_loops_share_one_saver(saver: ThreadedSqliteSaver) -> None:
    def turns(name: str) -> None:
        for number in range(1, 6):
            asyncio.run(put(saver, name, number))  # a loop of its own each time

    threads = [threading.Thread(target=turns, args=(str(number),)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for number in range(4):
        found = asyncio.run(saver.aget_tuple(thread(str(number))))
        assert found is not None
        assert found.checkpoint["channel_values"] == {"n": 5}


def history(home: Path, name: str, user: str = COMMAND_LINE) -> list[str]:
    saver = open_checkpoints(home / "default" / "threads.sqlite")
    found = saver.get_tuple(thread(thread_of(user, name)))
    saver.conn.close()
    assert found is not None
    messages = found.checkpoint["channel_values"]["messages"]
    return [type(message).__name__ for message in messages]


TURN = [HumanMessage.__name__, AIMessage.__name__]


def test_a_conversation_goes_on_in_another_process(filled: Command) -> None:
    for count, question in enumerate(
        ("How many volts does the gateway need?", "At what time does the cafe on floor 3 open?"), 1
    ):
        done = filled("ask", question, "--thread", "t1")
        assert (done.code, done.err) == (0, "")
        assert history(filled.home, "t1") == TURN * count
    assert "07:30" in done.out, "the second turn answers the second question"
    assert filled("ask", "How many volts does the gateway need?", "--thread", "t2").code == 0
    assert history(filled.home, "t1") == TURN * 2
    assert history(filled.home, "t2") == TURN


def test_a_conversation_goes_on_in_another_loop(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        first = pincite.ask("How many volts does the gateway need?", thread_id="t")
        second = asyncio.run(pincite.aask("At what time does the cafe on floor 3 open?", thread_id="t"))
        third = asyncio.run(pincite.aask("How many days of paid holiday does everybody have?", thread_id="t"))
    assert [answer.status for answer in (first, second, third)] == ["answered"] * 3
    assert "12 volts" in first.text
    assert "07:30" in second.text
    assert "28 days" in third.text
    assert history(home, "t", "anonymous") == TURN * 3


def count_loops() -> int:
    return [one.name for one in threading.enumerate()].count("pincite-loop")


def test_closing_leaves_nothing_open(home: Path) -> None:
    loops = count_loops()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        pincite = open_pincite(Settings(home=home))
        pincite.ask("At what time does the cafe on floor 3 open?", thread_id="t")
        pincite.close()
        pincite.close()
        del pincite
        gc.collect()
    assert [str(one.message) for one in caught if one.category is ResourceWarning] == []
    assert count_loops() == loops
    assert not (home / "default" / "threads.sqlite-wal").exists(), "the last connection was not closed"
