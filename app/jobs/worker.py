"""The worker: one process at a time takes jobs from the queue and does them, one after another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.corpus import Corpus
from app.errors import PinciteError
from app.jobs.run import run_job
from app.jobs.sources import ScheduledSources
from app.jobs.store import JobStore
from app.jobs.uploads import Uploads
from app.storage.private_files import make_private_folder

logger = logging.getLogger(__name__)

FAULT_S = 60.0
"""Seconds until it is tried again after the files of jobs could not be used, unless there is a new job."""

TICK_S = 1.0
"""Seconds between two looks at the queue, where nobody says that there is something new."""


class WorkerBusyError(PinciteError, RuntimeError):
    """Another process does the jobs."""

    code = "worker-busy"
    retryable = True
    status = 503


@dataclass(frozen=True, slots=True)
class JobWorker:
    """Does jobs over an open corpus. It holds ``lock_file`` while it works, which the operating system takes
    from a process that dies: what was running then is taken up by whoever holds it next."""

    corpus: Corpus
    jobs: JobStore
    uploads: Uploads
    sources: ScheduledSources
    lock_file: Path

    def work_off(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do all jobs that wait, those of sources that are due with them; how many.

        Raises:
            WorkerBusyError: another process does them.
        """
        with self.locked():
            return self.work(stopping)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the worker for the length of a ``with`` block. Raises ``WorkerBusyError``."""
        make_private_folder(self.lock_file.parent)
        lock = FileLock(self.lock_file, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise WorkerBusyError("another process does the jobs of this folder; leave them to it") from None
        try:
            if count := self.jobs.take_up():
                logger.warning("%d jobs are taken up whose process ended at them", count)
            yield
        finally:
            lock.release()

    def work(self, stopping: Callable[[], bool]) -> int:
        """``work_off`` for whoever holds the lock already."""
        self.sources.queue_due()
        count = 0
        while not stopping() and (job := self.jobs.take()) is not None:
            run_job(self.corpus, self.jobs, self.uploads, job, stopping)
            count += 1
        self.jobs.expire(self.corpus.settings.jobs.keep_days)
        self.uploads.expire()
        return count


class JobThread:
    """A thread that does jobs while a server runs; ``start`` it, ``wake`` it when there is one, ``stop`` it.

    Where another process does them it waits until that ends.
    """

    def __init__(self, worker: JobWorker, tick_s: float = TICK_S) -> None:
        self._worker = worker
        self._tick_s = tick_s
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pincite jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    def stop(self, patience_s: float = 30.0) -> bool:
        """End after the file it is at, whose job goes back into the queue; whether it ended in time."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._worker.locked():
                    while not self._stopping.is_set():
                        self._worker.work(self._stopping.is_set)
                        self._wait()
            except WorkerBusyError:
                self._wait()
            except Exception:  # a file that cannot be used now may be later; the server goes on without jobs
                logger.exception("the jobs cannot be done now")
                self._wait(FAULT_S)

    def _wait(self, seconds: float | None = None) -> None:
        self._woken.wait(self._tick_s if seconds is None else seconds)
        self._woken.clear()
