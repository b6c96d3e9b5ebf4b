"""The line of ``pincite doctor`` about the Redis that several processes share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.controls.budgets.accounts import bounds_of
from app.controls.redis_address import without_secrets
from app.controls.redis_server import client_of, fault_of, redis_url
from app.errors import SettingsError
from app.settings import Settings
from app.terminal.health import HealthCheck

WHAT = "shared counts"


def shared_checks(settings: Settings) -> Iterator[HealthCheck]:
    """Whether the server can be used, and whether it would lose what budgets count. It is asked, for a few
    seconds at most."""
    try:
        url = redis_url(settings.limits)
    except SettingsError as error:
        yield HealthCheck("broken", WHAT, str(error))
        return
    if url is None:
        return
    from redis.exceptions import RedisError

    try:
        with client_of(url) as client:
            client.ping()
            told: dict[str, Any] = {**client.info("persistence"), **client.info("memory")}
    except RedisError as error:
        yield HealthCheck("broken", WHAT, fault_of(url, error))
        return
    found = f"Redis at {without_secrets(url)}"
    losses = _losses(told) if bounds_of(settings.budgets).any else []
    if losses:
        yield HealthCheck("missing", WHAT, f"{found}, which may forget what was spent: {'; '.join(losses)}")
    else:
        yield HealthCheck("ok", WHAT, f"{found} answers")


def _losses(told: dict[str, Any]) -> list[str]:
    found = []
    if not told.get("aof_enabled"):
        found.append("it writes no append-only file (set appendonly yes)")
    policy = str(told.get("maxmemory_policy", ""))
    if told.get("maxmemory") and policy != "noeviction":
        found.append(f"it drops keys where memory is short (maxmemory-policy is {policy}, set noeviction)")
    return found
