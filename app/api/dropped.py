"""A request whose caller goes away: what is done for it ends too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from fastapi import Request

from app.errors import PinciteError

T = TypeVar("T")


class CallerGoneError(PinciteError):
    """Nobody waits for the response any more, so nobody reads this."""

    code = "caller-gone"
    status = 400


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """What ``work`` gives; it is cancelled where the caller's connection breaks before.

    Raises:
        CallerGoneError: it broke.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise CallerGoneError
    finally:
        for one in (task, gone):
            if not one.done():
                one.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({one})


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
