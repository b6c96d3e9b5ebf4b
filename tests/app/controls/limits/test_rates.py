"""Requests a minute, and at the same time, of each owner."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from app.controls.limits.at_once import RequestsAtOnce, TooManyAtOnceError
from app.controls.limits.rates import RateLimitedError, RequestRates
from app.controls.settings import LimitSettings
from app.errors import SettingsError

pytestmark = pytest.mark.anyio


async def test_each_owner_has_a_bound_of_its_own() -> None:
    rates = RequestRates(LimitSettings(user_per_minute=2, key_per_minute=3, tenant_per_minute=5))
    await rates.count("t", "ann", "k1")
    await rates.count("t", "ann", "k1")
    with pytest.raises(RateLimitedError, match="from you") as refused:
        await rates.count("t", "ann", "k2")
    assert (refused.value.status, refused.value.retryable, refused.value.code) == (429, True, "rate-limited")
    assert 1 <= refused.value.retry_after_s <= 60
    await rates.count("t", "bob", "k1")
    with pytest.raises(RateLimitedError, match="with this key"):
        await rates.count("t", "cleo", "k1")
    await rates.count("t", "cleo")
    await rates.count("t", "dora")
    with pytest.raises(RateLimitedError, match="from all"):
        await rates.count("t", "eve")
    await rates.count("other", "ann")


async def test_at_the_same_time_no_more_are_counted_than_there_may_be() -> None:
    rates = RequestRates(LimitSettings(user_per_minute=20))
    done = await asyncio.gather(*(rates.count("t", "ann") for _ in range(100)), return_exceptions=True)
    assert sum(one is None for one in done) == 20


async def test_nothing_is_bounded_by_default() -> None:
    rates, at_once = RequestRates(LimitSettings()), RequestsAtOnce(LimitSettings())
    for _ in range(50):
        await rates.count("t", "ann", "k")
        await at_once.running("t", "ann", "k").__aenter__()


@pytest.mark.parametrize("storage", ["memcached://secret", "nowhere://secret"])
def test_a_storage_that_cannot_be_had_is_one_line_without_its_password(storage: str) -> None:
    with pytest.raises(SettingsError, match="PINCITE_LIMITS__STORAGE") as refused:
        RequestRates(LimitSettings(user_per_minute=1).model_copy(update={"storage": SecretStr(storage)}))
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_requests_that_run_are_counted_while_they_run() -> None:
    at_once = RequestsAtOnce(LimitSettings(user_at_once=2, tenant_at_once=3))
    async with at_once.running("t", "ann"), at_once.running("t", "ann"):
        with pytest.raises(TooManyAtOnceError, match="of yours"):
            await at_once.running("t", "ann").__aenter__()
        async with at_once.running("t", "bob"):
            with pytest.raises(TooManyAtOnceError, match="of all"):
                await at_once.running("t", "cleo").__aenter__()
            async with at_once.running("other", "cleo"):
                pass
    async with at_once.running("t", "ann"), at_once.running("t", "ann"):
        pass
    assert not at_once._running
