"""Requests a minute and at the same time, counted by several processes in one Redis."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import redis
from pydantic import SecretStr

from app.controls.limits import shared_at_once
from app.controls.limits.at_once import AtOnce, TooManyAtOnceError
from app.controls.limits.open import requests_at_once
from app.controls.limits.rates import RateLimitedError, RequestRates
from app.controls.limits.unavailable import LimitsUnavailableError
from app.controls.settings import LimitSettings
from evals.benchmarks.redis_process import PASSWORD, RedisServer, free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shared(redis_server: RedisServer) -> AsyncIterator[Callable[[], AtOnce]]:
    """Makes what a process counts with; two users' requests, three of all."""
    redis_server.empty()
    settings = LimitSettings(user_at_once=2, tenant_at_once=3, storage=SecretStr(redis_server.url))
    async with AsyncExitStack() as stack:

        def made() -> AtOnce:
            one = requests_at_once(settings)
            stack.push_async_callback(one.close)
            return one

        yield made


def leases(server: RedisServer, owner: str = "user:ann") -> dict[str, float]:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        return dict(client.zrange(f"pincite:{{t}}:running:{owner}", 0, -1, withscores=True))


async def until(what: Callable[[], Any]) -> None:
    for _ in range(1500):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came so far")


async def test_two_processes_count_what_runs_together(
    shared: Callable[[], AtOnce], redis_server: RedisServer
) -> None:
    one, two = shared(), shared()
    async with one.running("t", "ann"), two.running("t", "ann"):
        with pytest.raises(TooManyAtOnceError, match="2 requests of yours") as refused:
            await two.running("t", "ann").__aenter__()
        assert (refused.value.of, refused.value.status) == ("user", 429)
        async with two.running("t", "bob"):
            with pytest.raises(TooManyAtOnceError, match="of all"):
                await one.running("t", "cleo").__aenter__()
            async with one.running("other", "cleo"):
                pass
        # What was refused holds nothing, nor does what ended.
        async with one.running("t", "cleo"):
            pass
    assert leases(redis_server) == {}
    assert leases(redis_server, "tenant:t") == {}


async def test_at_the_same_moment_no_more_get_in_than_may(shared: Callable[[], AtOnce]) -> None:
    processes = [shared() for _ in range(4)]
    async with AsyncExitStack() as running:
        entering = [running.enter_async_context(processes[n % 4].running("t", f"u{n}")) for n in range(40)]
        done = await asyncio.gather(*entering, return_exceptions=True)
        assert sum(one is None for one in done) == 3


async def test_who_is_cancelled_gives_the_place_back(
    shared: Callable[[], AtOnce], redis_server: RedisServer
) -> None:
    at_once = shared()

    async def runs() -> None:
        async with at_once.running("t", "ann"):
            await asyncio.Event().wait()

    going = asyncio.create_task(runs())
    await until(lambda: leases(redis_server))
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    await until(lambda: not leases(redis_server))


async def test_a_lease_is_renewed_while_its_request_runs(
    shared: Callable[[], AtOnce], redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_at_once, "RENEW_S", 0.02)
    async with shared().running("t", "ann"):
        ((lease, ends),) = leases(redis_server).items()
        await until(lambda: leases(redis_server)[lease] > ends)


KILLED = """
import asyncio, os, signal, sys
from app.controls.limits import shared_at_once
from app.controls.limits.open import requests_at_once
from app.controls.settings import LimitSettings
shared_at_once.LEASE_S = 1.0

async def runs():
    at_once = requests_at_once(LimitSettings(user_at_once=2, storage=sys.argv[1]))
    async with at_once.running("t", "ann"), at_once.running("t", "ann"):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(runs())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of POSIX")
async def test_the_places_of_a_killed_process_are_free_when_its_leases_end(
    shared: Callable[[], AtOnce], redis_server: RedisServer
) -> None:
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, redis_server.url], check=False
    )
    assert done.returncode == -signal.SIGKILL
    at_once = shared()

    async def gets_in() -> bool:
        try:
            async with at_once.running("t", "ann"):
                return True
        except TooManyAtOnceError:
            return False

    for _ in range(1500):
        if await gets_in():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the places stayed taken")


async def test_two_processes_count_the_requests_of_a_minute_together(redis_server: RedisServer) -> None:
    redis_server.empty()
    settings = LimitSettings(user_per_minute=3, storage=SecretStr(redis_server.url))
    processes = [RequestRates(settings) for _ in range(2)]
    for n in range(3):
        await processes[n % 2].count("t", "ann")
    for process in processes:
        with pytest.raises(RateLimitedError, match="from you"):
            await process.count("t", "ann")
        await process.count("t", "bob")
        await process.close()


async def test_a_server_that_is_away_is_one_problem_without_its_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is taken that cannot be counted."""
    storage = SecretStr(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0")
    settings = LimitSettings(user_per_minute=3, user_at_once=3, storage=storage)
    rates, at_once = RequestRates(settings), requests_at_once(settings)
    with caplog.at_level(logging.WARNING):
        for asked in (rates.count("t", "ann"), at_once.running("t", "ann").__aenter__()):
            with pytest.raises(LimitsUnavailableError, match="ask again in a moment") as told:
                await asked
            assert (told.value.status, told.value.retryable) == (503, True)
    assert caplog.text.count("it cannot be reached") == 2
    assert PASSWORD not in caplog.text
    await rates.close()
    await at_once.close()
