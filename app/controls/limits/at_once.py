"""Requests of each user, key and tenant that run at the same time, in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.controls.settings import LimitSettings
from app.errors import PinciteError

TRY_AGAIN_S = 1.0
"""Seconds to wait where nobody can say when one of the requests ends."""


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


class RequestsAtOnce:
    """Counts requests while they run. For one event loop: it is not safe for threads."""

    def __init__(self, settings: LimitSettings) -> None:
        given = settings.model_dump()
        self._bounds = {of: given[f"{of}_at_once"] for of in ("key", "user", "tenant")}
        self._running: Counter[tuple[str, str, str]] = Counter()

    @contextmanager
    def running(self, tenant: str, user: str, key: str = "") -> Iterator[None]:
        """A request runs for the length of a ``with`` block.

        Raises:
            TooManyAtOnceError: one of its owners has as many as it may.
        """
        owners = [
            (of, tenant, who)
            for of, who in (("key", key), ("user", user), ("tenant", tenant))
            if who and self._bounds[of] is not None
        ]
        for owner in owners:
            most = self._bounds[owner[0]]
            if self._running[owner] >= most:
                whose = {"key": "with this key", "user": "of yours", "tenant": "of all"}[owner[0]]
                raise TooManyAtOnceError(
                    f"{most} requests {whose} are running; ask when one has ended", owner[0]
                )
        self._running.update(owners)
        try:
            yield
        finally:
            self._running.subtract(owners)
            for owner in owners:
                if not self._running[owner]:
                    del self._running[owner]
