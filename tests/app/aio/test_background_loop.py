"""An interrupted call is cancelled once, and may clean up."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from typing import Any, NoReturn

import pytest

from app.aio.background_loop import BackgroundLoop
from tests.support.waiting import wait_for


def test_what_is_interrupted_is_cancelled_once_and_cleans_up() -> None:
    seen: list[str] = []
    begun, cleaned = threading.Event(), threading.Event()
    main = threading.main_thread().ident or 0

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.sleep(0.05)
            seen.append("cleaned")
            cleaned.set()
            raise

    def interrupt() -> None:
        begun.wait(10)
        # Where a person's interrupt finds it; one that comes in a callback of the collector would be lost.
        wait_for(lambda: sys._current_frames()[main].f_code is threading.Condition.wait.__code__)
        signal.pthread_kill(main, signal.SIGINT)

    loop = BackgroundLoop()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        loop.run(work())
    assert cleaned.wait(10)
    loop.close()
    assert seen == ["cancelled", "cleaned"]


def test_an_interrupt_before_there_is_a_future_cancels_too(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    schedule = asyncio.run_coroutine_threadsafe

    def interrupted(*given: Any) -> NoReturn:
        schedule(*given)
        assert begun.wait(10)
        raise KeyboardInterrupt

    loop = BackgroundLoop()
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loop.run(work())
    assert ended.wait(10)
    loop.close()
