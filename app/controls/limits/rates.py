"""Requests a minute of each user, key and tenant, counted over a moving window."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from typing import Any, Literal

from app.controls.limits.unavailable import LimitsUnavailableError
from app.controls.redis_server import PREFIX, async_patience, fault_of, redis_url
from app.controls.settings import LimitSettings
from app.errors import PinciteError

logger = logging.getLogger(__name__)

RateOwner = Literal["user", "key", "tenant"]


class RateLimitedError(PinciteError, RuntimeError):
    """Too many requests in the last minute. ``retry_after_s``: seconds until the next may come."""

    code = "rate-limited"
    retryable = True
    status = 429

    def __init__(self, message: str, retry_after_s: float, of: RateOwner) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.of = of
        """Whose bound it was."""


class RequestRates:
    """Counts the requests of a minute, in this process or in Redis, and refuses those beyond a bound.

    A refused request counts for no owner but those whose bound was looked at before: the narrower come first.
    """

    def __init__(self, settings: LimitSettings) -> None:
        """Raises ``SettingsError``: the storage cannot be had."""
        given = settings.model_dump()
        self._bounds: Mapping[RateOwner, int] = {
            of: given[f"{of}_per_minute"]
            for of in ("key", "user", "tenant")
            if given[f"{of}_per_minute"] is not None
        }
        self._url = redis_url(settings)
        self._limiter = _limiter(self._url) if self._bounds else None

    async def count(self, tenant: str, user: str, key: str = "") -> None:
        """Count a request.

        Raises:
            RateLimitedError: it is one too many.
            LimitsUnavailableError: requests cannot be counted.
        """
        if self._limiter is None:
            return
        if self._url is None:
            await self._count(self._limiter, tenant, user, key)
            return
        from limits.errors import StorageError
        from redis.exceptions import RedisError

        try:
            await self._count(self._limiter, tenant, user, key)
        except (RedisError, StorageError) as error:
            cause = error.storage_error if isinstance(error, StorageError) else error
            logger.warning("requests a minute cannot be counted: %s", fault_of(self._url, cause))
            raise LimitsUnavailableError("requests cannot be counted now; ask again in a moment") from error

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._limiter is not None and self._url is not None:
            await self._limiter.storage.bridge.get_connection().aclose()

    async def _count(self, limiter: Any, tenant: str, user: str, key: str) -> None:
        from limits import RateLimitItemPerMinute

        who: dict[RateOwner, str] = {"key": key, "user": user, "tenant": tenant}
        for of, most in self._bounds.items():
            if not who[of]:
                continue
            item = RateLimitItemPerMinute(most)
            name = f"{of}/{tenant}/{who[of]}"
            if not await limiter.hit(item, name):
                stats = await limiter.get_window_stats(item, name)
                seconds = min(60.0, max(1.0, math.ceil(stats.reset_time - time.time())))
                whose = {"key": "with this key", "user": "from you", "tenant": "from all"}[of]
                raise RateLimitedError(
                    f"more than {most} requests {whose} in a minute; wait {seconds:.0f} s", seconds, of
                )


def _limiter(url: str | None) -> Any:
    from limits.aio.strategies import MovingWindowRateLimiter
    from limits.storage import storage_from_string

    if url is None:
        return MovingWindowRateLimiter(storage_from_string("async+memory://"))
    # limits' own choice of a client is coredis; redis is what the other parts use.
    how: dict[str, Any] = {
        "implementation": "redispy",
        "key_prefix": f"{PREFIX}:rates",
        "wrap_exceptions": True,
        **async_patience(),
    }
    return MovingWindowRateLimiter(storage_from_string(f"async+{url}", **how))
