"""Whose job is done when: nobody waits for all that another person sent before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.corpus import Corpus, open_corpus
from app.jobs.job import Job
from app.jobs.open import Jobs, open_jobs
from app.registry.requester import Requester
from app.settings import Settings

ANN, BOB, CHIEF = Requester("ann"), Requester("bob"), Requester("chief", operator=True)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with open_corpus(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def jobs(corpus: Corpus) -> Jobs:
    """By a clock that goes on a second each time it is looked at."""
    seconds = iter(range(10**6))
    return open_jobs(corpus, lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(seconds)))


def sent(jobs: Jobs, asker: Requester, names: Sequence[str]) -> Job:
    uploads = []
    for name in names:
        data = f"# {name}\n\nThe pump {name} of {asker.user} runs.\n".encode()
        upload = jobs.uploads.begin(asker, f"{name}.md", hashlib.sha256(data).hexdigest(), len(data))
        uploads.append(jobs.uploads.append(asker, upload.id, 0, data).id)
    return jobs.uploads.finish(asker, uploads)


def folder(path: Path, count: int) -> Path:
    path.mkdir()
    for number in range(count):
        (path / f"page{number}.md").write_text(f"# Page {number}\n\nThe pump {number} runs.\n")
    return path


def test_another_persons_upload_is_read_between_the_files_of_a_long_job(jobs: Jobs, corpus: Corpus) -> None:
    long = sent(jobs, ANN, [f"a{number}" for number in range(12)])
    short = sent(jobs, BOB, ["b"])
    jobs.worker.work_off()

    long, short = (jobs.queue.get(CHIEF, one.id) for one in (long, short))
    assert (long.state, long.added, long.files_done) == ("done", 12, 12)
    assert (short.state, short.added) == ("done", 1)
    assert long.started_at < short.started_at < short.finished_at < long.finished_at
    assert len(corpus.registry.documents()) == 13


def test_a_persons_own_second_upload_waits_for_the_first(jobs: Jobs) -> None:
    first, second = sent(jobs, ANN, ["a", "b", "c"]), sent(jobs, ANN, ["d"])
    jobs.worker.work_off()

    assert jobs.queue.get(ANN, first.id).finished_at < jobs.queue.get(ANN, second.id).started_at


def test_uploads_are_read_between_the_files_of_a_folder(jobs: Jobs, tmp_path: Path, corpus: Corpus) -> None:
    long = jobs.queue.put("folder", "chief", "pages", str(folder(tmp_path / "pages", 12)))
    short = sent(jobs, BOB, ["b"])
    jobs.worker.work_off()

    long, short = (jobs.queue.get(CHIEF, one.id) for one in (long, short))
    assert (long.state, long.added, short.state, short.added) == ("done", 12, "done", 1)
    assert short.finished_at < long.finished_at
    assert len(corpus.registry.documents()) == 13


def test_owners_take_turns(jobs: Jobs) -> None:
    of_ann = [sent(jobs, ANN, [f"a{number}"]) for number in range(3)]
    of_bob = sent(jobs, BOB, ["b"])

    taken = [jobs.queue.take() for _ in range(4)]
    in_turn = [of_ann[0], of_bob, of_ann[1], of_ann[2]]
    assert [one.id for one in taken if one] == [one.id for one in in_turn]
    assert jobs.queue.take() is None


def test_what_is_read_between_may_fail_or_be_cancelled_without_the_job_around_it(jobs: Jobs) -> None:
    long = sent(jobs, ANN, [f"a{number}" for number in range(6)])
    data = b"%PDF-1.4 no page of it"
    upload = jobs.uploads.begin(BOB, "broken.pdf", hashlib.sha256(data).hexdigest(), len(data))
    jobs.uploads.append(BOB, upload.id, 0, data)
    broken = jobs.uploads.finish(BOB, [upload.id])
    gone = sent(jobs, Requester("cas"), ["c"])
    jobs.queue.cancel(CHIEF, gone.id)
    jobs.worker.work_off()

    assert jobs.queue.get(CHIEF, long.id).added == 6
    assert (jobs.queue.get(BOB, broken.id).state, jobs.queue.get(BOB, broken.id).failed) == ("done", 1)
    assert jobs.queue.get(CHIEF, gone.id).state == "cancelled"
