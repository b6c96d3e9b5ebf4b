"""Which runs there are in a conversation, so that clients can find, follow, wait for and stop them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.api.running import KEPT_S, NoSuchRunError, RunningAnswer
from app.errors import PinciteError
from app.identity.caller import Caller

MOST_STREAMS = 32
"""Event streams that one caller may have open at the same time: a page of ``useStream`` has two."""


class ThreadBusyError(PinciteError, RuntimeError):
    """An answer is being made in the conversation."""

    code = "thread-busy"
    status = 409
    retryable = True


class TooManyStreamsError(PinciteError, RuntimeError):
    """The caller has too many event streams open."""

    code = "too-many-streams"
    status = 429
    retryable = True
    retry_after_s = 5.0


@dataclass(frozen=True, slots=True)
class ThreadRun:
    """``thread``: its conversation; None, none is kept. ``number``: it grows from run to run.
    ``before``: the messages that were there, with the question. Times are Unix times in seconds."""

    run: RunningAnswer
    thread: str | None
    assistant: str
    number: int
    before: Sequence[dict[str, Any]]
    message: str
    passed_over: Sequence[str]
    begun_at: float = field(default_factory=time.time)

    @property
    def status(self) -> str:
        """As LangGraph has it."""
        if not self.run.done:
            return "running"
        last = self.run.events[-1] if self.run.events else None
        if last is None or last.kind == "stopped":
            return "interrupted"
        failed = last.kind != "answer" or last.data["answer"]["status"] == "failed"
        return "error" if failed else "success"


@dataclass
class _Feed:
    runs: list[ThreadRun] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock)
    readers: int = 0


class ThreadRuns:
    """Of one server process. Runs are found until a minute after they ended."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[str, str, str | None], _Feed] = {}
        """By the tenant and the person: a conversation is theirs, whichever key they show."""
        self._streams: dict[tuple[str, str, str], int] = {}
        # Above those of a server that ran here before: what a client has seen stays behind it.
        self._numbers = itertools.count(int(time.time()))

    def add(self, caller: Caller, run: RunningAnswer, thread: str | None, **about: Any) -> ThreadRun:
        """A run that has just begun."""
        self._tidy()
        feed = self._feed(caller, thread)
        added = ThreadRun(run, thread, number=next(self._numbers), **about)
        feed.runs.append(added)
        feed.begun.set()
        return added

    def of(self, caller: Caller, thread: str | None) -> list[ThreadRun]:
        """The caller's runs in a conversation, the first begun first."""
        feed = self._feeds.get((caller.tenant, caller.user, thread))
        return list(feed.runs) if feed else []

    @asynccontextmanager
    async def beginning(self, caller: Caller, thread: str) -> AsyncIterator[None]:
        """Be the one that begins a run in a conversation; who came first is first."""
        feed = self._feed(caller, thread)
        feed.readers += 1
        try:
            async with feed.beginning:
                yield
        finally:
            feed.readers -= 1

    def find(self, caller: Caller, thread: str | None, run: str) -> ThreadRun:
        """One of them. Raises ``NoSuchRunError``."""
        for one in self.of(caller, thread):
            if one.run.id == run:
                return one
        raise NoSuchRunError("there is no such run of yours in this conversation, or it ended long ago")

    def active(self, caller: Caller, thread: str) -> ThreadRun | None:
        """The one that is going on."""
        return next((one for one in reversed(self.of(caller, thread)) if not one.run.done), None)

    async def next(self, caller: Caller, thread: str, after: int, quiet_s: float) -> ThreadRun | None:
        """The first run after that number, once it has begun; None where none has for ``quiet_s`` seconds."""
        feed = self._feed(caller, thread)
        feed.readers += 1
        try:
            async with asyncio.timeout(quiet_s):
                while True:
                    if found := next((one for one in feed.runs if one.number > after), None):
                        return found
                    feed.begun.clear()
                    await feed.begun.wait()
        except TimeoutError:
            return None
        finally:
            feed.readers -= 1

    def check_streams(self, caller: Caller) -> None:
        """Raises ``TooManyStreamsError`` where the caller may open no more."""
        if self._streams.get(_owner(caller), 0) >= MOST_STREAMS:
            raise TooManyStreamsError(f"you have {MOST_STREAMS} event streams open; close one")

    @contextmanager
    def streaming(self, caller: Caller) -> Iterator[None]:
        """One of the caller's event streams, while it is open."""
        owner = _owner(caller)
        self._streams[owner] = self._streams.get(owner, 0) + 1
        try:
            yield
        finally:
            self._streams[owner] -= 1
            if not self._streams[owner]:
                del self._streams[owner]

    def _feed(self, caller: Caller, thread: str | None) -> _Feed:
        return self._feeds.setdefault((caller.tenant, caller.user, thread), _Feed())

    def _tidy(self) -> None:
        oldest = time.monotonic() - KEPT_S
        for key, feed in list(self._feeds.items()):
            feed.runs = [one for one in feed.runs if not one.run.done or one.run.ended_at >= oldest]
            if not feed.runs and not feed.readers:
                del self._feeds[key]


def _owner(caller: Caller) -> tuple[str, str, str]:
    return caller.tenant, caller.user, caller.key
