"""Requests of each user, key and tenant that run at the same time: here those of this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from app.controls.settings import LimitSettings
from app.errors import PinciteError

TRY_AGAIN_S = 1.0
"""Seconds to wait where nobody can say when one of the requests ends."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose requests are counted: ``of`` is ``key``, ``user`` or ``tenant``; and how many may run."""

    of: str
    tenant: str
    who: str
    most: int


def bounded_owners(settings: LimitSettings, tenant: str, user: str, key: str) -> list[Owner]:
    """The owners of a request that have a bound, the narrower first."""
    found = []
    for of, who in (("key", key), ("user", user), ("tenant", tenant)):
        most = getattr(settings, f"{of}_at_once")
        if who and most is not None:
            found.append(Owner(of, tenant, who, most))
    return found


class TooManyAtOnceError(PinciteError, RuntimeError):
    """An owner has as many requests running as it may. ``retry_after_s``: seconds to wait."""

    code = "too-many-at-once"
    retryable = True
    status = 429
    retry_after_s = TRY_AGAIN_S

    def __init__(self, message: str, of: str) -> None:
        super().__init__(message)
        self.of = of
        """Whose bound it was: ``key``, ``user`` or ``tenant``."""

    @classmethod
    def of_owner(cls, owner: Owner) -> TooManyAtOnceError:
        """For an owner that has as many as it may."""
        whose = {"key": "with this key", "user": "of yours", "tenant": "of all"}[owner.of]
        return cls(f"{owner.most} requests {whose} are running; ask when one has ended", owner.of)


class AtOnce(Protocol):
    """Counts requests while they run."""

    def running(self, tenant: str, user: str, key: str = "") -> AbstractAsyncContextManager[None]:
        """A request runs for the length of an ``async with`` block.

        Raises:
            TooManyAtOnceError: one of its owners has as many as it may.
            LimitsUnavailableError: they cannot be counted.
        """

    async def close(self) -> None:
        """Let go of what is open."""


class RequestsAtOnce:
    """Counts requests while they run. For one event loop: it is not safe for threads."""

    def __init__(self, settings: LimitSettings) -> None:
        self._settings = settings
        self._running: Counter[Owner] = Counter()

    @asynccontextmanager
    async def running(self, tenant: str, user: str, key: str = "") -> AsyncIterator[None]:
        """As ``AtOnce``."""
        owners = bounded_owners(self._settings, tenant, user, key)
        for owner in owners:
            if self._running[owner] >= owner.most:
                raise TooManyAtOnceError.of_owner(owner)
        self._running.update(owners)
        try:
            yield
        finally:
            self._running.subtract(owners)
            for owner in owners:
                if not self._running[owner]:
                    del self._running[owner]

    async def close(self) -> None:
        """Nothing is open."""
