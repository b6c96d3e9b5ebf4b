"""The applications of the tenants that one server serves, each opened when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from app.api.job_threads import JobThreads
from app.compose import Pincite, open_pincite
from app.identity.caller import NotAllowedError
from app.settings import Settings

Opened = Callable[[str], Pincite]
"""A tenant's name -> its application. Raises ``NotAllowedError`` for one that is not served."""


class Tenants:
    """Use it as a context manager: leaving it closes them all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names = {settings.tenant, *settings.api.tenants}
        self._open: dict[str, Pincite] = {}
        self._jobs = JobThreads()
        self._lock = threading.Lock()
        self._stacks: list[ExitStack] = []

    def __call__(self, tenant: str) -> Pincite:
        found = self._open.get(tenant)
        if found is not None:
            return found
        if tenant not in self._names:
            raise NotAllowedError("your tenant is not served here")
        with self._lock:
            if tenant not in self._open:
                settings = self._settings.model_copy(update={"tenant": tenant})
                with ExitStack() as stack:
                    opened = stack.enter_context(open_pincite(settings))
                    # Left before the application is closed.
                    stack.enter_context(self._jobs.working(opened))
                    self._stacks.append(stack.pop_all())
                self._open[tenant] = opened
            return self._open[tenant]

    def wake(self, tenant: str) -> None:
        """A tenant has a new job."""
        self._jobs.wake(tenant)

    @property
    def opened(self) -> Iterable[Pincite]:
        """Those that are open."""
        return list(self._open.values())

    def __enter__(self) -> Tenants:
        return self

    def __exit__(self, *_exc: object) -> None:
        if len(self._stacks) == 1:
            self._stacks.pop().close()
        elif self._stacks:
            # Each may wait for what it still sends: at the same time, since together they have one exit.
            with ThreadPoolExecutor(len(self._stacks)) as pool:
                closing = [pool.submit(stack.close) for stack in self._stacks]
            self._stacks.clear()
            for one in closing:
                one.result()


def only(pincite: Pincite) -> Opened:
    """One application for its own tenant and no other."""

    def opened(tenant: str) -> Pincite:
        if tenant != pincite.settings.tenant:
            raise NotAllowedError("your tenant is not served here")
        return pincite

    return opened
