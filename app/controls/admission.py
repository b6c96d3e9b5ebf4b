"""Places for questions that are answered at the same time, and a bounded queue for them that is fair."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.controls.deadline import Deadline, DeadlinePassedError
from app.errors import PinciteError

FIRST_GUESS_S = 2.0
"""Seconds that an answer takes, as long as none has ended; then a moving average of those that did."""

WEIGHT = 0.2
"""Of the last answer's seconds in the average."""

MOST_RETRY_S = 60.0


class BusyError(PinciteError, RuntimeError):
    """As many questions are answered and wait as may. ``retry_after_s``: about when a place is free."""

    code = "busy"
    retryable = True
    status = 503

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


_Line = deque[asyncio.Future[None]]


class Admission:
    """``places`` questions at the same time, ``queue`` more that wait.

    A place that gets free goes to the tenants by turns, within a tenant to its users by turns, within a user
    to who came first: whoever asks a hundred questions waits behind himself.

    Where the queue is full, who comes takes the place of the last of whoever fills it, if that tenant, or
    within it that user, has two more waiting at least; who lost it is told to come again. For one event loop:
    it is not safe for threads. ``clock``: seconds, only ever forward.
    """

    def __init__(self, places: int, queue: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._free = places
        self._queue = queue
        self._clock = clock
        self._lines: OrderedDict[str, OrderedDict[str, _Line]] = OrderedDict()
        """Who waits, by tenant and user; whose turn is next comes first."""
        self._waiting = 0
        self._seconds = FIRST_GUESS_S

    @property
    def running(self) -> int:
        return self._places - self._free

    @property
    def waiting(self) -> int:
        return self._waiting

    @asynccontextmanager
    async def place(self, tenant: str, user: str, deadline: Deadline | None = None) -> AsyncIterator[None]:
        """A place for the length of an ``async with`` block; who is cancelled while waiting leaves the queue.

        Raises:
            BusyError: the queue is full.
            DeadlinePassedError: ``deadline`` passed while waiting.
        """
        await self._enter(tenant, user, deadline)
        begun = self._clock()
        try:
            yield
        finally:
            self._seconds += WEIGHT * (self._clock() - begun - self._seconds)
            self._leave()

    async def _enter(self, tenant: str, user: str, deadline: Deadline | None) -> None:
        # Nobody waits where a place is free: it is handed on when it gets so.
        if self._free:
            self._free -= 1
            return
        if self._waiting >= self._queue:
            self._make_room(tenant, user)
        turn = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(tenant, OrderedDict()).setdefault(user, deque())
        line.append(turn)
        self._waiting += 1
        try:
            async with asyncio.timeout(None if deadline is None else deadline.left()):
                await turn
        except TimeoutError:
            self._give_up(tenant, user, turn)
            raise DeadlinePassedError("no place got free in the time the request may take") from None
        except BaseException:
            self._give_up(tenant, user, turn)
            raise

    def _make_room(self, tenant: str, user: str) -> None:
        """Send away the last of whoever fills the queue. Raises ``BusyError`` where that is who comes."""
        counted = {one: sum(map(len, users.values())) for one, users in self._lines.items()}
        fullest = max(counted, key=counted.__getitem__, default=tenant)
        if counted.get(fullest, 0) < counted.get(tenant, 0) + 2:
            fullest = tenant
        lines = self._lines.get(fullest) or OrderedDict[str, _Line]()
        most = max(lines, key=lambda one: len(lines[one]), default=user)
        own = len(lines.get(user, ())) if fullest == tenant else -1
        if fullest == tenant and len(lines.get(most, ())) < own + 2:
            raise self._busy()
        turn = lines[most].pop()
        self._waiting -= 1
        self._tidy(fullest, most)
        if not turn.done():
            turn.set_exception(self._busy())

    def _busy(self) -> BusyError:
        seconds = self.retry_after_s()
        return BusyError(f"too many questions are waiting; ask again in {seconds:.0f} s", seconds)

    def _give_up(self, tenant: str, user: str, turn: asyncio.Future[None]) -> None:
        """Whoever waited does not any more; a place that was just handed to them goes on to the next."""
        if turn.done() and not turn.cancelled():
            if turn.exception() is None:
                self._leave()
            return
        line = self._lines[tenant].get(user) if tenant in self._lines else None
        if line is not None and turn in line:
            line.remove(turn)
            self._waiting -= 1
            self._tidy(tenant, user)

    def _leave(self) -> None:
        while self._lines:
            tenant, users = next(iter(self._lines.items()))
            user, line = next(iter(users.items()))
            turn = line.popleft()
            self._waiting -= 1
            if not turn.done():
                # Whose turn it was goes behind the others.
                users.move_to_end(user)
                self._lines.move_to_end(tenant)
            self._tidy(tenant, user)
            if not turn.done():
                turn.set_result(None)
                return
            # Cancelled, and not yet run to leave the queue itself.
        self._free += 1

    def _tidy(self, tenant: str, user: str) -> None:
        users = self._lines[tenant]
        if not users[user]:
            del users[user]
        if not users:
            del self._lines[tenant]

    def retry_after_s(self) -> float:
        """About when a place is free for who comes now: the seconds of an answer, by how many wait."""
        rounds = (self._waiting + 1) / self._places
        return min(MOST_RETRY_S, max(1.0, round(rounds * self._seconds, 1)))
