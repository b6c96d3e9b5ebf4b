from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
import pytest

from app.aio.detached_stream import in_own_task

pytestmark = pytest.mark.anyio


class Source:
    """Counts up; cleaning up takes a while, as a graph's does."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.cleaned = False
        self.fail_at = fail_at

    async def numbers(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(1000):
                if number == self.fail_at:
                    raise ValueError("no more")
                yield number
                await asyncio.sleep(0.001)
        finally:
            await asyncio.sleep(0.05)
            self.cleaned = True


async def test_everything_comes_in_order_and_errors_where_it_is_read() -> None:
    source = Source(fail_at=3)
    seen = []

    async def read() -> None:
        async for number in in_own_task(source.numbers()):
            seen.append(number)

    with pytest.raises(ValueError, match="no more"):
        await read()
    assert seen == [0, 1, 2]
    assert source.cleaned


async def test_a_reader_that_leaves_ends_the_source() -> None:
    source = Source()
    async with aclosing(in_own_task(source.numbers())) as numbers:
        async for number in numbers:
            if number == 2:
                break
    assert source.cleaned


async def test_a_reader_whose_every_await_is_cancelled_still_lets_the_source_clean_up() -> None:
    source = Source()

    async def read() -> None:
        async with aclosing(in_own_task(source.numbers())) as numbers:
            async for _ in numbers:
                await asyncio.sleep(0)

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await asyncio.sleep(0.02)
        group.cancel_scope.cancel()
    await asyncio.sleep(0.2)
    assert source.cleaned
