"""One deadline of a request: what waits and what works takes from the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.errors import PinciteError


class DeadlinePassedError(PinciteError, TimeoutError):
    """A request's time is over."""

    code = "deadline-passed"
    retryable = True
    status = 504


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a request ends, by a clock that only goes forward, in seconds.

    >>> now = [10.0]
    >>> deadline = Deadline.after(5, lambda: now[0])
    >>> now[0] = 12.0
    >>> deadline.left(), deadline.share(2)
    (3.0, 2)
    """

    ends: float
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """So many seconds from now."""
        return cls(clock() + seconds, clock)

    def left(self) -> float:
        """Seconds left, 0 at least."""
        return max(0.0, self.ends - self.clock())

    def share(self, seconds: float) -> float:
        """``seconds``, or what is left where that is less.

        Raises:
            DeadlinePassedError: nothing is left.
        """
        left = self.left()
        if left <= 0:
            raise DeadlinePassedError("the request took longer than it may; ask again")
        return min(seconds, left)
