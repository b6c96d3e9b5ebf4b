"""Wait for a guard no longer than it may take."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from app.errors import PinciteError

T = TypeVar("T")


class GuardOverranError(PinciteError, TimeoutError):
    """A guard took longer than it may; what it would have said is not waited for."""

    code = "guard-overran"


def within(limit_ms: int, call: Callable[[], T]) -> T:
    """What ``call`` returns or raises.

    It runs in a thread of its own (.05 ms), since Python cannot end what runs: what overran goes on to its
    end, unheard, and does not keep the process from exiting.

    Raises:
        GuardOverranError: it took longer than ``limit_ms`` milliseconds.
    """
    done: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            done.append(call())
        except BaseException as error:  # raised again below, where it is waited for
            raised.append(error)

    context: Any = contextvars.copy_context()
    begun = time.perf_counter()
    thread = threading.Thread(target=context.run, args=(run,), name="pincite-guard", daemon=True)
    thread.start()
    thread.join(limit_ms / 1000)
    # What holds the interpreter's lock lets nobody look at the clock: so it is looked at afterwards too.
    if thread.is_alive() or (time.perf_counter() - begun) * 1000 > limit_ms:
        raise GuardOverranError(f"it took more than {limit_ms} ms")
    if raised:
        raise raised[0]
    return done[0]
