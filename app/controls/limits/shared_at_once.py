"""Requests of each user, key and tenant that run at the same time, of several processes together."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from app.controls.limits.at_once import Owner, TooManyAtOnceError, bounded_owners
from app.controls.limits.unavailable import LimitsUnavailableError
from app.controls.redis_server import PREFIX, async_client_of, fault_of
from app.controls.settings import LimitSettings

logger = logging.getLogger(__name__)

LEASE_S = 30.0
"""Seconds after which a place is free again whose process says nothing any more: it was killed."""

RENEW_S = 10.0
"""Seconds after which a process says that a request goes on."""

# By the server's clock, which is one for all. What is asked twice takes one lease.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for n, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local most = tonumber(ARGV[n + 2])
  if most >= 0 and redis.call('ZCARD', key) >= most and not redis.call('ZSCORE', key, ARGV[1]) then
    return n
  end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
return 0
"""

_NO_BOUND = -1


class SharedRequestsAtOnce:
    """Counts requests while they run, in the Redis at ``url``. A place is leased: whoever is killed gives it
    back ``LEASE_S`` seconds later. For one event loop; ``close`` it."""

    def __init__(self, settings: LimitSettings, url: str) -> None:
        self._settings = settings
        self._url = url
        self._client: Any = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self, tenant: str, user: str, key: str = "") -> AsyncIterator[None]:
        """A request runs for the length of an ``async with`` block.

        Raises:
            TooManyAtOnceError: one of its owners has as many as it may.
            LimitsUnavailableError: the server cannot be asked.
        """
        owners = bounded_owners(self._settings, tenant, user, key)
        if not owners:
            yield
            return
        lease = secrets.token_hex(12)
        keys = [f"{PREFIX}:{{{tenant}}}:running:{one.of}:{one.who}" for one in owners]
        try:
            await self._take(keys, lease, owners)
            renewing = asyncio.create_task(self._renew(keys, lease))
            try:
                yield
            finally:
                renewing.cancel()
                with suppress(asyncio.CancelledError):
                    await renewing
        finally:
            # Whoever is cancelled does not wait for it, and it is done all the same.
            ending = asyncio.create_task(self._give_back(keys, lease))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            await asyncio.shield(ending)

    async def close(self) -> None:
        """Wait for places that are being given back, then close the connections."""
        if self._ending:
            await asyncio.wait(self._ending)
        if self._client is not None:
            await self._client.aclose()

    async def _take(self, keys: Sequence[str], lease: str, owners: Sequence[Owner]) -> None:
        from redis.exceptions import RedisError

        try:
            full = await self._run(keys, lease, [one.most for one in owners])
        except RedisError as error:
            told = fault_of(self._url, error)
            logger.warning("requests at the same time cannot be counted: %s", told)
            raise LimitsUnavailableError("requests cannot be counted now; ask again in a moment") from error
        if full:
            raise TooManyAtOnceError.of_owner(owners[full - 1])

    async def _renew(self, keys: Sequence[str], lease: str) -> None:
        from redis.exceptions import RedisError

        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await self._run(keys, lease, [_NO_BOUND] * len(keys))
            except RedisError as error:
                logger.warning("a running request may be counted no more: %s", fault_of(self._url, error))

    async def _give_back(self, keys: Sequence[str], lease: str) -> None:
        from redis.exceptions import RedisError

        # What cannot be given back ends with its lease.
        with suppress(RedisError):
            async with self._opened().pipeline(transaction=True) as together:
                for key in keys:
                    together.zrem(key, lease)
                await together.execute()

    async def _run(self, keys: Sequence[str], lease: str, bounds: Sequence[int]) -> int:
        script = self._opened().register_script(_TAKE)
        return int(await script(keys=list(keys), args=[lease, int(LEASE_S * 1000), *bounds]))

    def _opened(self) -> Any:
        if self._client is None:
            self._client = async_client_of(self._url)
        return self._client
