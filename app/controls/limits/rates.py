"""Requests a minute of each user, key and tenant, counted over a moving window."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any, Literal

from app.controls.settings import LimitSettings
from app.errors import PinciteError, SettingsError

Owner = Literal["user", "key", "tenant"]


class RateLimitedError(PinciteError, RuntimeError):
    """Too many requests in the last minute. ``retry_after_s``: seconds until the next may come."""

    code = "rate-limited"
    retryable = True
    status = 429

    def __init__(self, message: str, retry_after_s: float, of: Owner) -> None:
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
        self._bounds: Mapping[Owner, int] = {
            of: given[f"{of}_per_minute"]
            for of in ("key", "user", "tenant")
            if given[f"{of}_per_minute"] is not None
        }
        storage = settings.storage.get_secret_value() if settings.storage is not None else ""
        self._limiter = _limiter(storage) if self._bounds else None

    async def count(self, tenant: str, user: str, key: str = "") -> None:
        """Count a request.

        Raises:
            RateLimitedError: it is one too many.
        """
        if self._limiter is None:
            return
        from limits import RateLimitItemPerMinute

        who: dict[Owner, str] = {"key": key, "user": user, "tenant": tenant}
        for of, most in self._bounds.items():
            if not who[of]:
                continue
            item = RateLimitItemPerMinute(most)
            name = f"{of}/{tenant}/{who[of]}"
            if not await self._limiter.hit(item, name):
                stats = await self._limiter.get_window_stats(item, name)
                seconds = max(1.0, math.ceil(stats.reset_time - time.time()))
                whose = {"key": "with this key", "user": "from you", "tenant": "from all"}[of]
                raise RateLimitedError(
                    f"more than {most} requests {whose} in a minute; wait {seconds:.0f} s", seconds, of
                )


def _limiter(storage: str) -> Any:
    from limits.aio.strategies import MovingWindowRateLimiter
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    try:
        if not storage:
            return MovingWindowRateLimiter(storage_from_string("async+memory://"))
        # limits' own choice of a client is coredis; redis is what the other parts use.
        options = {"implementation": "redispy"} if storage.startswith("redis") else {}
        return MovingWindowRateLimiter(storage_from_string(f"async+{storage}", **options))
    except (ConfigurationError, ImportError, ValueError) as error:
        # Not the address: it may hold a password.
        first = str(error).splitlines()[0].replace(storage, "…") if storage else str(error)
        raise SettingsError(f"PINCITE_LIMITS__STORAGE cannot be used: {first}") from None
