"""LangSmith's client, which cleans and packs what it sends when the question is over, in a thread of its own.

The SDK calls its anonymiser in the thread that made the call, which here is the one that answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from langsmith import Client

logger = logging.getLogger(__name__)

LATER_S = 1.0
"""Seconds that a run waits, so that the work of sending it comes after that of the question."""

MOST_WAITING = 2000
"""Runs that wait at most, some hundred questions'; what comes beyond is not traced."""


class DeferredClient(Client):
    """The client. ``settle`` hands what waits to the SDK's queue; ``flush`` waits for that too."""

    def __init__(self, *, later_s: float = LATER_S, **how: Any) -> None:
        super().__init__(**how)
        self._later_s = later_s
        self._waiting: deque[tuple[float, Callable[[], None]]] = deque()
        self._changed = threading.Condition()
        self._hurry = False
        self._working = False
        self._lost = 0
        self._thread: threading.Thread | None = None

    def create_run(self, *args: Any, **how: Any) -> None:
        """As the SDK's, a moment later."""
        self._put(lambda: super(DeferredClient, self).create_run(*args, **how))

    def update_run(self, *args: Any, **how: Any) -> None:
        """As the SDK's, a moment later."""
        self._put(lambda: super(DeferredClient, self).update_run(*args, **how))

    def flush(self, timeout: float | None = None) -> None:
        """As the SDK's: wait until all is sent, ``timeout`` seconds at most."""
        begun = time.monotonic()
        self.settle(threading.TIMEOUT_MAX if timeout is None else timeout)
        left = None if timeout is None else max(0.0, timeout - (time.monotonic() - begun))
        super().flush(left)

    def settle(self, seconds: float) -> bool:
        """Hand all that waits to the SDK now; whether that was done in this time."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._waiting and not self._working, seconds)
            self._hurry = False
            return done

    def _put(self, work: Callable[[], None]) -> None:
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                if self._lost == 1:
                    logger.warning("more is traced than can be sent to LangSmith; some runs are left out")
                return
            self._waiting.append((time.monotonic() + self._later_s, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pincite-langsmith", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._working = False
                self._changed.notify_all()
                while not self._is_due():
                    self._changed.wait(self._until_due())
                _, work = self._waiting.popleft()
                self._working = True
            try:
                work()
            except Exception as error:  # tracing never fails a question
                logger.warning("a run could not be traced: %s", type(error).__name__)

    def _is_due(self) -> bool:
        return bool(self._waiting) and (self._hurry or self._waiting[0][0] <= time.monotonic())

    def _until_due(self) -> float | None:
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
