"""Answers that are being made: each in a task of its own, so that its stream can break, resume and stop."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

from app.errors import PinciteError
from app.identity.caller import Caller

KEPT_S = 60.0
"""Seconds a stream that ended can be read again from where it broke."""

MOST_KEPT = 1000


class NoSuchRunError(PinciteError, LookupError):
    """There is no such run, or it is another's, or was long ago."""

    code = "no-such-run"
    status = 404


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One event of a stream; ``number`` counts from 1."""

    number: int
    kind: str
    data: dict[str, Any]


TellingEvents = AsyncGenerator[tuple[str, dict[str, Any]], None]
"""Events as they happen, each (kind, data)."""


@dataclass
class RunningAnswer:
    """An answer that is being made, or was just now."""

    id: str
    owner: tuple[str, str, str]
    events: list[RunEvent] = field(default_factory=list)
    done: bool = False
    ended_at: float = 0.0
    readers: int = 0
    task: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.TimerHandle | None = None
    closing: list[asyncio.Future[None]] = field(default_factory=list)

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Add an event, and wake who reads."""
        self.events.append(RunEvent(len(self.events) + 1, kind, data))
        self.changed.set()


class Running:
    """The runs of one server process."""

    def __init__(self, resume_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._resume_s = resume_s
        self._clock = clock
        self._runs: dict[str, RunningAnswer] = {}

    def start(
        self, caller: Caller, events: TellingEvents, held: AsyncExitStack | None = None
    ) -> RunningAnswer:
        """Begin to read ``events`` (kind, data), whoever listens; ``held`` is closed when they end."""
        self._tidy()
        run = RunningAnswer(secrets.token_urlsafe(12), _owner(caller))
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._read(run, events))
        if held is not None:
            # Not in the task: one that is cancelled before it begins runs nothing.
            run.task.add_done_callback(lambda _: run.closing.append(asyncio.ensure_future(held.aclose())))
        return run

    def find(self, caller: Caller, name: str) -> RunningAnswer:
        """A run of the caller's. Raises ``NoSuchRunError``."""
        run = self._runs.get(name)
        if run is None or run.owner != _owner(caller):
            raise NoSuchRunError("no answer of yours is being made under this id; ask again")
        return run

    async def stop(self, run: RunningAnswer) -> None:
        """End a run with its model's call; returns when it has ended."""
        if run.task is not None:
            run.task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait({run.task})

    async def follow(
        self, run: RunningAnswer, after: int, quiet_s: float
    ) -> AsyncGenerator[RunEvent | None, None]:
        """The events after number ``after``, as they come; None where none came for ``quiet_s`` seconds.

        Where nobody reads any more for some seconds, and the run has not ended, it is stopped.
        """
        run.readers += 1
        if run.leaving is not None:
            run.leaving.cancel()
            run.leaving = None
        try:
            at = after
            while True:
                while at < len(run.events):
                    at += 1
                    yield run.events[at - 1]
                if run.done:
                    return
                run.changed.clear()
                try:
                    async with asyncio.timeout(quiet_s):
                        await run.changed.wait()
                except TimeoutError:
                    yield None
        finally:
            run.readers -= 1
            if not run.readers and not run.done and run.task is not None:
                loop = asyncio.get_running_loop()
                run.leaving = loop.call_later(self._resume_s, run.task.cancel)

    async def _read(self, run: RunningAnswer, events: TellingEvents) -> None:
        try:
            async with aclosing(events):
                async for kind, data in events:
                    run.tell(kind, data)
        except asyncio.CancelledError:
            run.tell("stopped", {"id": run.id})
        finally:
            run.done = True
            run.ended_at = self._clock()
            run.changed.set()
            if run.leaving is not None:
                run.leaving.cancel()

    def _tidy(self) -> None:
        oldest = self._clock() - KEPT_S
        for name, run in list(self._runs.items()):
            if run.done and (run.ended_at < oldest or len(self._runs) > MOST_KEPT):
                del self._runs[name]


def _owner(caller: Caller) -> tuple[str, str, str]:
    return caller.tenant, caller.user, caller.key
