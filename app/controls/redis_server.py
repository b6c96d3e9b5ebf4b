"""The Redis server that several processes share (``PINCITE_LIMITS__STORAGE``): how it is asked, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.controls.settings import LimitSettings
from app.errors import SettingsError

if TYPE_CHECKING:
    import redis
    import redis.asyncio

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
    if without_secrets(url) is None:
        raise SettingsError(
            f"{_VARIABLE} is no address of Redis; write redis://HOST:PORT/NUMBER, or rediss:// with TLS"
        )
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


def without_secrets(url: str) -> str | None:
    """The address without user, password and options; None where it is none of Redis.

    >>> without_secrets("redis://ann:secret@cache.test:6380/2?password=secret")
    'redis://cache.test:6380/2'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or 6379}{parts.path.rstrip('/')}"


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


def fault_of(url: str, error: Exception) -> str:
    """Why the server cannot be used, in one line that holds no password."""
    from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError

    if isinstance(error, AuthenticationError):
        why = "it does not take the user or password"
    elif isinstance(error, TimeoutError):
        why = "it does not answer in time"
    elif isinstance(error, ConnectionError):
        why = "it cannot be reached"
    else:
        why = " ".join(str(error).split())[:200]
    return f"Redis at {without_secrets(url)} cannot be used: {why}"
