"""Streams that break, go on, are stopped, and are left."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from app.api.running import KEPT_S, NoSuchRunError, Running, RunningAnswer, TellingEvents
from app.identity.caller import Caller

pytestmark = pytest.mark.anyio
ANN = Caller("ann", tenant="t", by="key", key="a")


class Model:
    """Events that are let out one by one; ``ended`` says how the stream went."""

    def __init__(self, count: int = 5) -> None:
        self.count = count
        self.steps = asyncio.Semaphore(0)
        self.ended = ""

    async def events(self) -> TellingEvents:
        try:
            for number in range(1, self.count + 1):
                await self.steps.acquire()
                yield "sentence", {"number": number}
            self.ended = "done"
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise

    def let(self, count: int) -> None:
        for _ in range(count):
            self.steps.release()


async def read(running: Running, run: RunningAnswer, after: int, count: int) -> list[int]:
    found: list[int] = []
    async with aclosing(running.follow(run, after, 10)) as events:
        async for event in events:
            if event is not None:
                found.append(event.number)
            if len(found) == count:
                break
    return found


async def test_a_stream_that_broke_goes_on_after_the_last_event_that_was_seen() -> None:
    running, model = Running(resume_s=30), Model()
    run = running.start(ANN, model.events())
    model.let(2)
    assert await read(running, run, 0, 2) == [1, 2]
    model.let(3)
    assert await read(running, running.find(ANN, run.id), 2, 3) == [3, 4, 5]
    await asyncio.wait({run.task}) if run.task else None
    assert model.ended == "done"
    assert await read(running, run, 0, 5) == [1, 2, 3, 4, 5], "also after it ended"


async def test_two_readers_each_get_all() -> None:
    running, model = Running(resume_s=30), Model()
    run = running.start(ANN, model.events())
    both = asyncio.gather(read(running, run, 0, 5), read(running, run, 0, 5))
    model.let(5)
    assert list(await both) == [[1, 2, 3, 4, 5]] * 2


async def test_a_run_that_everybody_left_is_stopped_after_its_grace_and_not_before() -> None:
    running, model = Running(resume_s=0.2), Model()
    run = running.start(ANN, model.events())
    model.let(1)
    await read(running, run, 0, 1)
    assert not run.done
    assert run.task is not None
    await asyncio.wait({run.task})
    assert (model.ended, run.events[-1].kind) == ("cancelled", "stopped")


async def test_who_comes_back_in_time_keeps_it_alive() -> None:
    running, model = Running(resume_s=0.3), Model()
    run = running.start(ANN, model.events())
    model.let(1)
    await read(running, run, 0, 1)
    again = asyncio.create_task(read(running, run, 1, 4))
    await asyncio.sleep(0.5)
    assert not run.done
    model.let(4)
    assert await again == [2, 3, 4, 5]


async def test_stopping_ends_the_models_call_and_tells_who_reads() -> None:
    running, model = Running(resume_s=30), Model()
    run = running.start(ANN, model.events())
    model.let(1)
    reader = asyncio.create_task(read(running, run, 0, 2))
    await asyncio.sleep(0)
    await running.stop(run)
    assert model.ended in ("cancelled", "")
    assert run.done
    assert await reader == [1, 2] or run.events[-1].kind == "stopped"


async def test_a_quiet_stream_is_said_to_be_quiet() -> None:
    running, model = Running(resume_s=30), Model(1)
    run = running.start(ANN, model.events())
    async with aclosing(running.follow(run, 0, 0.01)) as events:
        assert await anext(events) is None
        model.let(1)
        while (event := await anext(events)) is None:
            pass
    assert event.data == {"number": 1}


@pytest.mark.parametrize(
    "other",
    [
        Caller("bob", tenant="t", by="key", key="a"),
        Caller("ann", tenant="u", by="key", key="a"),
        Caller("ann", tenant="t", by="key", key="b"),
        Caller("ann", tenant="t"),
    ],
)
async def test_a_run_is_its_callers_alone(other: Caller) -> None:
    running = Running(resume_s=0)
    run = running.start(ANN, Model().events())
    with pytest.raises(NoSuchRunError):
        running.find(other, run.id)
    await running.stop(run)


async def test_what_ended_a_minute_ago_is_gone() -> None:
    now = 0.0
    running = Running(30, lambda: now)
    run = running.start(ANN, Model(0).events())
    assert run.task is not None
    await asyncio.wait({run.task})
    now = KEPT_S + 1
    other = running.start(ANN, Model(0).events())
    with pytest.raises(NoSuchRunError):
        running.find(ANN, run.id)
    await running.stop(other)
