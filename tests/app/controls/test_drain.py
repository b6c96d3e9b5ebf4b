"""Ending takes nothing new, waits, and cancels what goes on too long."""

from __future__ import annotations

import asyncio

import pytest

from app.controls.drain import Drain, EndingError

pytestmark = pytest.mark.anyio


async def test_what_goes_on_may_finish_and_nothing_new_is_taken() -> None:
    drain, go, done = Drain(), asyncio.Event(), list[str]()

    async def work() -> None:
        with drain.taken():
            await go.wait()
            done.append("finished")

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    assert drain.in_flight == 1
    ending = asyncio.ensure_future(drain.end(60))
    await asyncio.sleep(0)
    assert drain.ending
    with pytest.raises(EndingError) as refused, drain.taken():
        pass
    assert (refused.value.status, refused.value.retryable, refused.value.retry_after_s) == (503, True, 1.0)
    go.set()
    assert await ending == 0
    await task
    assert done == ["finished"]
    assert drain.in_flight == 0


async def test_what_takes_too_long_is_cancelled_and_waited_for() -> None:
    drain, seen = Drain(), list[str]()

    async def work() -> None:
        with drain.taken():
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                seen.append("tidied")

    tasks = [asyncio.ensure_future(work()) for _ in range(3)]
    await asyncio.sleep(0)
    assert await drain.end(0) == 3
    assert seen == ["tidied"] * 3
    for task in tasks:
        assert isinstance(task.exception(), EndingError)


async def test_what_somebody_else_cancels_stays_cancelled() -> None:
    drain = Drain()

    async def work() -> None:
        with drain.taken():
            await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert drain.in_flight == 0


async def test_nothing_in_flight_ends_at_once() -> None:
    assert await Drain().end(60) == 0
