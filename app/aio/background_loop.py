"""One event loop in a daemon thread, for synchronous callers of asynchronous code."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

ENDING_S = 10.0
"""Seconds that work which was interrupted has to clean up before its caller goes on."""


class BackgroundLoop:
    """Runs coroutines to their end from any thread.

    One loop serves all calls, so clients that keep connections open between calls stay usable. The thread
    is a daemon: a program that forgets ``close`` still ends.

    Not ``anyio.from_thread.start_blocking_portal``: what is interrupted there is cancelled at every await
    that follows, those of cleaning up too, so LangGraph may leave its nodes running. Here it is once.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pincite-loop", daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[T]) -> T:
        """The result of ``work``; an interrupt of the waiting thread cancels it, and waits for its end."""
        begun: list[asyncio.Task[Any]] = []
        running = _awaited(work, begun)
        future = None
        try:
            future = asyncio.run_coroutine_threadsafe(running, self._loop)
            return future.result()
        except BaseException:
            if future is None or not future.done():
                ended = threading.Event()
                # By the coroutine: an interrupt may come before there is a future to cancel.
                self._loop.call_soon_threadsafe(_cancel, running, begun, ended)
                ended.wait(ENDING_S)
            raise

    def iterate(self, events: AsyncGenerator[T, None]) -> Iterator[T]:
        """What ``events`` yields, as it comes; leaving the iteration ends it."""
        try:
            while True:
                try:
                    yield self.run(anext(events))
                except StopAsyncIteration:
                    return
        finally:
            try:
                self.run(events.aclose())
            except RuntimeError:
                # Interrupted again while it cleans up: that goes on without anybody waiting.
                if not getattr(events, "ag_running", False):
                    raise

    def close(self) -> None:
        """Stop the loop and wait for its thread."""

        async def finish() -> None:
            await self._loop.shutdown_asyncgens()
            await self._loop.shutdown_default_executor()

        self.run(finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _awaited(work: Awaitable[T], begun: list[asyncio.Task[Any]]) -> T:
    if (task := asyncio.current_task()) is not None:
        begun.append(task)
    return await work


def _cancel(
    running: Coroutine[Any, Any, Any], begun: list[asyncio.Task[Any]], ended: threading.Event
) -> None:
    """Cancel the task of a coroutine, on its loop; one that has ended or never begun is closed.

    ``ended`` is set when it has cleaned up.
    """
    # One that was scheduled and has not begun is only found among all: a set of weak references, which other
    # threads may be changing.
    found = begun or [task for task in asyncio.all_tasks() if task.get_coro() is running]
    for task in found:
        task.add_done_callback(lambda _: ended.set())
        task.cancel()
    if not found:
        running.close()
        ended.set()
