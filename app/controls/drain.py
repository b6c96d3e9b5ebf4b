"""Ending in order: nothing new is taken, what goes on may finish for a while, and is then cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import PinciteError


class EndingError(PinciteError, RuntimeError):
    """The server is ending and takes nothing new; another may. ``retry_after_s``: seconds to wait."""

    code = "ending"
    retryable = True
    status = 503
    retry_after_s = 1.0


class Drain:
    """Knows what is in flight. For one event loop; whoever gets the signal to end awaits ``end``.

    No signal handler is set here: uvicorn has its own, after which it runs the application's shutdown.
    """

    def __init__(self) -> None:
        self._ending = False
        self._tasks: dict[int, asyncio.Task[object]] = {}
        self._cancelled: set[asyncio.Task[object]] = set()
        self._number = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def ending(self) -> bool:
        """For readiness: no question is taken any more."""
        return self._ending

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    def check(self) -> None:
        """Raises ``EndingError`` where nothing new is taken."""
        if self._ending:
            raise EndingError("the server is ending; ask again in a moment")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The current task's work is in flight for the length of a ``with`` block.

        Raises:
            EndingError: nothing new is taken, or ``end`` cancelled what went on: who asked is told so.
        """
        self.check()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be in flight")
        self._number += 1
        number = self._number
        self._tasks[number] = task
        self._empty.clear()
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._cancelled:
                raise
            self._cancelled.discard(task)
            task.uncancel()
            raise EndingError("the server ended before the answer was made; ask again in a moment") from None
        finally:
            del self._tasks[number]
            if not self._tasks:
                self._empty.set()

    async def end(self, most_s: float) -> int:
        """Take nothing new, wait up to ``most_s`` seconds for what goes on, then cancel and count the rest.

        It returns when nothing is in flight.
        """
        self._ending = True
        try:
            async with asyncio.timeout(most_s):
                await self._empty.wait()
        except TimeoutError:
            pass
        left = set(self._tasks.values()) - {asyncio.current_task()}
        for task in left - self._cancelled:
            self._cancelled.add(task)
            task.cancel()
        if left:
            await asyncio.wait(left)
        return len(left)
