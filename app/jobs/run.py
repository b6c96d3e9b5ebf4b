"""One job, from the files it is for to what became of each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from functools import partial
from itertools import chain
from pathlib import Path

from app.corpus import Corpus
from app.errors import PinciteError
from app.ingestion.discover import discover
from app.ingestion.load.installed import InstalledLoaders
from app.ingestion.pipeline import GivenFile, Outcome, Pipeline, missing_outcomes
from app.ingestion.writer import IndexWriter, WriterBusyError
from app.jobs.job import FailedFile, Job, JobError, JobKind
from app.jobs.store import JobStore
from app.jobs.uploads import Uploads

logger = logging.getLogger(__name__)

Note = Callable[[Outcome, int], bool]
"""(what became of a file that is in the index, its bytes) -> whether to go on."""

Writing = tuple[Pipeline, IndexWriter]

Between = Callable[[Writing], None]
"""Called between two files, when what was read so far is in the index."""

BUSY_S = 5.0
"""Seconds until a job is tried again that another process did not let write."""


def run_job(
    corpus: Corpus,
    store: JobStore,
    uploads: Uploads,
    job: Job,
    stopping: Callable[[], bool] = lambda: False,
    writing: Writing | None = None,
) -> None:
    """Do what the job says, and note how it ended. Where ``stopping`` it goes back into the queue.

    What is in the index stays there whatever happens: done again, those files are unchanged. Between two
    files of a job the uploads of other people are read, so that nobody waits for another's thousand files.
    ``writing``: of the job between whose files this one is done.
    """
    why: list[str] = []

    def note(outcome: Outcome, size: int) -> bool:
        if not store.progress(job.id, outcome.status, size, _failed(outcome)):
            why.append("cancelled")
        elif stopping():
            why.append("stopping")
        return not why

    def others(mine: Writing) -> None:
        if writing is None and not stopping():
            other = store.take(besides=job.owner)
            if other is not None:
                run_job(corpus, store, uploads, other, stopping, mine)

    kinds: dict[JobKind, Callable[[Corpus, JobStore, Job, Note, Between], bool]] = {
        "upload": partial(_add_uploads, uploads, writing),
        "folder": _sync_folder,
        "sitemap": _sync_sitemap,
    }
    try:
        whole = kinds[job.kind](corpus, store, job, note, others)
    except WriterBusyError:
        store.put_back(job.id, BUSY_S)
    except (PinciteError, OSError) as error:
        store.end(job.id, "failed", _one_line(error), getattr(error, "code", "unreadable"))
    except Exception as error:  # one job may not end the queue
        logger.exception("job %s failed", job.id)
        store.end(
            job.id, "failed", f"an unexpected error ({type(error).__name__}); see the log", "unexpected"
        )
    else:
        if whole:  # too late to stop it, whoever wanted to
            store.end(job.id, "done")
        elif why == ["stopping"]:
            store.put_back(job.id)
        else:
            store.end(job.id, "cancelled")


def _failed(outcome: Outcome) -> FailedFile | None:
    error = outcome.error
    if error is None:
        return None
    return FailedFile(outcome.name, outcome.uri, error.code, error.reason, error.hint, error.retryable)


def _add_uploads(
    uploads: Uploads,
    writing: Writing | None,
    corpus: Corpus,
    store: JobStore,
    job: Job,
    note: Note,
    between: Between,
) -> bool:
    """Whether all was done, as for the others."""
    waiting = {one.uri: one for one in uploads.of_job(job.id)}
    store.totals(job.id, len(waiting), sum(one.size for one in waiting.values()))
    files = [GivenFile(uploads.path_of(one), one.name, one.uri, one.readers) for one in waiting.values()]
    keep = corpus.settings.jobs.keep_originals
    with corpus.writing() if writing is None else nullcontext(writing) as (pipeline, writer):
        for outcome in pipeline.add_given(files, job.source, writer):
            upload = waiting[outcome.uri]
            uploads.settle(upload, failed=outcome.status == "failed", keep=keep)
            waiting.pop(outcome.uri)
            if not note(outcome, upload.size):
                break
            between((pipeline, writer))
    return not waiting


def _sync_folder(corpus: Corpus, store: JobStore, job: Job, note: Note, between: Between) -> bool:
    folder = Path(job.place)
    if not folder.is_dir():
        raise JobError(f"{job.place} is no folder any more; its documents stay as they are")
    found = discover([folder], job.source, InstalledLoaders())
    if job.only:
        only = frozenset(job.only)
        found.files = [file for file in found.files if file.uri in only]
    sizes: dict[str, int] = {}
    for file in found.files:
        with suppress(OSError):
            sizes[file.uri] = file.path.stat().st_size
    store.totals(job.id, len(found.files), sum(sizes.values()))
    with corpus.writing() as (pipeline, writer):
        if job.readers:
            pipeline.set_groups(job.source, job.readers)
        # A part of a folder is added: the rest is not gone.
        read = pipeline.add if job.only else pipeline.sync
        told: Iterable[Outcome] = () if job.only else missing_outcomes(found)
        for outcome in chain(told, read(found, job.source, writer)):
            if not note(outcome, sizes.get(outcome.uri, 0)):
                return False
            between((pipeline, writer))
    return True


def _sync_sitemap(corpus: Corpus, store: JobStore, job: Job, note: Note, between: Between) -> bool:
    from app.ingestion.web.ingest import sitemap_pages

    with corpus.fetching() as ingest:
        if job.readers:
            ingest.pipeline.set_groups(job.source, job.readers)
        most = corpus.settings.web.max_pages
        urls = list(job.only) or list(
            dict.fromkeys(sitemap_pages(job.place, ingest.fetcher, most, logger.warning))
        )
        store.totals(job.id, len(urls), 0)
        known = corpus.registry.documents()
        read = ingest.add if job.only else ingest.sync
        for outcome in read(urls, job.source, known):
            if not note(outcome, 0):
                return False
            between((ingest.pipeline, ingest.writer))
    return True


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]
