"""One question at a time in a conversation: the next goes on with what the one before left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class TurnOrder:
    """The turns of one process's conversations, by whatever wire or key they come; who came first goes first.

    For the questions of one event loop: those of another are not waited for.
    """

    def __init__(self) -> None:
        self._locks: dict[tuple[int, str], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, thread: str) -> AsyncIterator[None]:
        """The conversation's only turn, for the length of an ``async with`` block."""
        key = (id(asyncio.get_running_loop()), thread)
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            _, waiting = self._locks[key]
            if waiting == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, waiting - 1)
