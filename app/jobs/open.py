"""The jobs of a corpus, opened: what the HTTP interface and the command line stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.corpus import Corpus
from app.ingestion.discover import check_source
from app.jobs.job import Job, JobKind, JobRefusedError
from app.jobs.originals import FILE, FOLDER
from app.jobs.sources import ScheduledSources, checked_place
from app.jobs.store import JobStore
from app.jobs.uploads import UploadLimits, Uploads, checked_readers
from app.jobs.worker import JobWorker
from app.registry.requester import Requester


@dataclass(frozen=True, slots=True)
class Jobs:
    """The queue, the uploads, the schedule, and the worker that does the jobs when it is told to."""

    queue: JobStore
    uploads: Uploads
    sources: ScheduledSources
    worker: JobWorker

    def sync(self, asker: Requester, source: str, place: str, readers: Sequence[str] = ()) -> Job:
        """Queue making a source equal to a folder, or to the pages of a sitemap's address, once.

        Raises:
            JobRefusedError: the asker is no operator. SourceNameError, JobError: what cannot be.
        """
        if not asker.operator:
            raise JobRefusedError("only an operator may have folders and sites read")
        check_source(source)
        kind: JobKind
        kind, where = checked_place(place)
        return self.queue.put(kind, asker.user, source, where, checked_readers(readers))


def open_jobs(corpus: Corpus, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Jobs:
    """The jobs of the corpus's tenant; nothing is made or started before it is used."""
    settings = corpus.settings
    folder = settings.home / settings.tenant
    path = folder / FILE
    limits = UploadLimits(
        int(settings.ingest.max_file_mb * 1024 * 1024),
        int(settings.jobs.unfinished_mb * 1024 * 1024),
        settings.jobs.unfinished_hours,
    )
    queue, sources = JobStore(path, now), ScheduledSources(path, now)
    uploads = Uploads(path, folder / FOLDER, limits, queue, now)
    return Jobs(queue, uploads, sources, JobWorker(corpus, queue, uploads, sources, folder / "jobs.lock"))
