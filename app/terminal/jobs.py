"""``pincite jobs`` and ``pincite sources``: printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.corpus import Corpus
from app.ingestion.discover import is_url
from app.jobs.open import open_jobs
from app.registry.requester import OWNER_OF_THE_FOLDER as OWNER
from app.terminal.printable import one_line
from app.terminal.record_text import job_line, print_job, print_jobs


def run_jobs_list(corpus: Corpus, limit: int, as_json: bool) -> int:
    """Print the jobs, newest first, one line each."""
    found = open_jobs(corpus).queue.list(OWNER, limit)
    return print_jobs(found, as_json)


def run_job_show(corpus: Corpus, job_id: str, as_json: bool) -> int:
    """Print one job and its failures; 1 when there are some."""
    queue = open_jobs(corpus).queue
    job, failures = queue.get(OWNER, job_id), queue.failures(OWNER, job_id)
    return print_job(job, failures, as_json)


def run_job_cancel(corpus: Corpus, job_id: str) -> int:
    """Cancel a job."""
    job = open_jobs(corpus).queue.cancel(OWNER, job_id)
    print(f"cancelled {job.id}" if job.state == "cancelled" else f"{job.id} ends after the file it is at")
    return 0


def run_job_retry(corpus: Corpus, job_id: str) -> int:
    """Queue what failed anew."""
    print(f"queued {open_jobs(corpus).queue.retry(OWNER, job_id).id}; do it with: pincite jobs run")
    return 0


def run_jobs_run(corpus: Corpus) -> int:
    """Do what waits; 1 when something failed."""
    jobs = open_jobs(corpus)
    before = {one.id for one in jobs.queue.list(OWNER, -1) if one.state in ("done", "failed", "cancelled")}
    count = jobs.worker.work_off()
    done = [one for one in jobs.queue.list(OWNER, -1) if one.id not in before]
    for one in reversed(done):
        print(*job_line(one), sep="\t")
    print(f"did {count} jobs")
    return int(any(one.state == "failed" or one.failed for one in done))


def run_sources_list(corpus: Corpus, as_json: bool) -> int:
    """Print the sources that are synced by a schedule."""
    found = open_jobs(corpus).sources.list(OWNER)
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("no source is synced by a schedule")
    for one in found:
        fields = (one.name, f"every {one.minutes} min", one.next_run[:19], one.place, ",".join(one.readers))
        print(*(one_line(field) for field in fields), sep="\t")
    return 0


def run_sources_add(corpus: Corpus, name: str, place: str, minutes: int, readers: Sequence[str]) -> int:
    """Sync a source by a schedule from now on."""
    where = place if is_url(place) else str(Path(place).expanduser().absolute())
    added = open_jobs(corpus).sources.add(OWNER, name, where, minutes, readers)
    print(f"{added.name} is synced with {one_line(added.place)} every {added.minutes} minutes, by the server")
    print("or, without one, whenever somebody runs: pincite jobs run")
    return 0


def run_sources_remove(corpus: Corpus, name: str) -> int:
    """Sync it no more."""
    open_jobs(corpus).sources.remove(OWNER, name)
    print(f"{name} is not synced any more; its documents stay (or: pincite remove --source {name})")
    return 0
