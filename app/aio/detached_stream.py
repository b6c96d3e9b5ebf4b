"""An asynchronous stream that is ended properly however its reader goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any, TypeVar

T = TypeVar("T")

_DONE: Any = object()


async def in_own_task(stream: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """What ``stream`` yields, from a task of its own, one item at a time.

    A web framework that cancels its handler cancels every await in it, those of cleaning up too: LangGraph
    then leaves its nodes running, and the model writing. A task of its own is cancelled once.
    """
    items: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)

    async def read() -> None:
        try:
            async with aclosing(stream):
                async for item in stream:
                    await items.put((item, None))
        except Exception as error:  # raised where the stream is read
            await items.put((_DONE, error))
        else:
            await items.put((_DONE, None))

    task = asyncio.create_task(read())
    try:
        while True:
            item, error = await items.get()
            if error is not None:
                raise error
            if item is _DONE:
                return
            yield item
    finally:
        task.cancel()
        # Not `await task`: whoever cancels this reader again would cancel the cleaning up with it.
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
