"""The Redis server that several processes share (``PINCITE_LIMITS__STORAGE``): how it is asked, and named."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from app.controls.redis_address import address_fault, without_secrets
from app.controls.settings import LimitSettings
from app.errors import SettingsError

if TYPE_CHECKING:
    import redis
    import redis.asyncio

logger = logging.getLogger(__name__)

CONNECT_S = 1.0
"""Seconds to wait for a connection."""

ANSWER_S = 2.0
"""Seconds to wait for an answer: a script takes well under a millisecond."""

PAUSE_S = 1.0
"""Seconds in which a server that did not answer is not asked again: those who wait would wait in turn."""

PREFIX = "pincite"
"""Begins every key."""

_VARIABLE = "PINCITE_LIMITS__STORAGE"


def redis_url(limits: LimitSettings) -> str | None:
    """The address that settings name; None where each process counts for itself.

    Raises:
        SettingsError: it is none of Redis, or its client is not installed; the address is not shown, since it
            may hold a password.
    """
    if limits.storage is None:
        return None
    url = limits.storage.get_secret_value()
    # Settings were looked at when they were read; a copy with other values was not.
    if fault := address_fault(url):
        raise SettingsError(f"{_VARIABLE}: {fault}")
    try:
        import redis
    except ImportError:
        raise SettingsError(
            f"{_VARIABLE} needs the package redis; install it: pip install 'pincite[redis]'"
        ) from None
    try:
        redis.ConnectionPool.from_url(url)
    except ValueError:
        raise SettingsError(f"{_VARIABLE} cannot be read as an address of Redis") from None
    return url


def client_of(url: str) -> redis.Redis:
    """A client that waits a bounded time and asks once more where its connection was closed; to be closed."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis.from_url(
        url,
        decode_responses=True,
        retry=Retry(NoBackoff(), 1),
        socket_connect_timeout=CONNECT_S,
        socket_timeout=ANSWER_S,
    )


def async_client_of(url: str) -> redis.asyncio.Redis:
    """As ``client_of``, for an event loop."""
    import redis.asyncio

    return redis.asyncio.Redis.from_url(url, decode_responses=True, **async_patience())


def async_patience() -> dict[str, Any]:
    """How long a client of an event loop waits, and how often it asks."""
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return {"retry": Retry(NoBackoff(), 1), "socket_connect_timeout": CONNECT_S, "socket_timeout": ANSWER_S}


async def shared_fault(limits: LimitSettings) -> str:
    """Why the server that settings name cannot be used now, without its address; empty where it can. It is
    asked, for as long as a question would.

    Raises:
        SettingsError: as ``redis_url``.
    """
    url = redis_url(limits)
    if url is None:
        return ""
    from redis.exceptions import RedisError

    try:
        async with async_client_of(url) as client:
            await client.ping()
    except RedisError as error:
        logger.warning("%s", fault_of(url, error))
        return why_of(error) or "it refuses what it is asked"
    return ""


def fault_of(url: str, error: Exception) -> str:
    """Why the server cannot be used, in one line that holds no password."""
    why = why_of(error) or " ".join(str(error).split())[:200]
    return f"Redis at {without_secrets(url)} cannot be used: {why}"


def why_of(error: Exception) -> str:
    """The kind of an error, for everybody."""
    from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError

    if isinstance(error, AuthenticationError):
        return "it does not take the user or password"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionError):
        return "it cannot be reached"
    return ""
