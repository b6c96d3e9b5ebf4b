"""The threads that do the jobs of a server: one for each tenant that is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.compose import Pincite
from app.jobs.open import open_jobs
from app.jobs.worker import JobThread


class JobThreads:
    """Started with a tenant's application and stopped before it closes."""

    def __init__(self) -> None:
        self._threads: dict[str, JobThread] = {}

    @contextmanager
    def working(self, pincite: Pincite) -> Iterator[None]:
        """Do the tenant's jobs for the length of a ``with`` block, unless the settings say that others do.

        Where another process does them, this one waits until that ends.
        """
        settings = pincite.settings
        if not settings.jobs.in_server:
            yield
            return
        thread = JobThread(open_jobs(pincite.corpus).worker)
        self._threads[settings.tenant] = thread
        thread.start()
        try:
            yield
        finally:
            del self._threads[settings.tenant]
            thread.stop()

    def wake(self, tenant: str) -> None:
        """There is a new job of a tenant; without it, it is found within a second."""
        thread = self._threads.get(tenant)
        if thread is not None:
            thread.wake()
