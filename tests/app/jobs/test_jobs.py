"""Jobs with real files: uploads, folders, what failed and is tried again, cancelled, killed and taken up."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.corpus import Corpus, open_corpus
from app.ingestion.discover import discover
from app.jobs.job import Job, JobRefusedError, JobStateError, NoSuchJobError, Upload
from app.jobs.open import Jobs, open_jobs
from app.jobs.originals import original_of
from app.jobs.store import MOST_ATTEMPTS
from app.jobs.worker import JobThread, WorkerBusyError
from app.registry.requester import Requester
from app.settings import Settings, WebSettings
from tests.support.web_server import site

ANN, BOB, CHIEF = Requester("ann"), Requester("bob"), Requester("chief", operator=True)
TEXT = "# Kiln\n\nThe kiln of Oslo reaches 1,280 degrees.\n"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with open_corpus(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def jobs(corpus: Corpus, clock: Clock) -> Jobs:
    return open_jobs(corpus, clock)


def send(jobs: Jobs, name: str, data: bytes, asker: Requester = ANN, **more: object) -> Upload:
    upload = jobs.uploads.begin(asker, name, hashlib.sha256(data).hexdigest(), len(data), **more)  # type: ignore[arg-type]
    return jobs.uploads.append(asker, upload.id, upload.received, data[upload.received :])


def worked(jobs: Jobs, job: Job) -> Job:
    jobs.worker.work_off()
    return jobs.queue.get(CHIEF, job.id)


def folder(path: Path, count: int = 3) -> Path:
    path.mkdir()
    for number in range(count):
        (path / f"page{number}.md").write_text(f"# Page {number}\n\nThe pump {number} runs.\n")
    return path


def test_an_upload_becomes_a_document_of_its_owner_with_the_readers_that_were_said(
    jobs: Jobs, corpus: Corpus
) -> None:
    upload = send(jobs, "kiln.md", TEXT.encode(), readers=["hr"])
    job = jobs.uploads.finish(ANN, [upload.id])
    assert (job.state, job.files_total, job.bytes_total, job.owner) == (
        "queued",
        1,
        len(TEXT.encode()),
        "ann",
    )
    done = worked(jobs, job)
    assert (done.state, done.added, done.files_done, done.bytes_done) == ("done", 1, 1, len(TEXT.encode()))
    (record,) = corpus.registry.documents()
    assert (record.uri, record.source, record.groups) == (upload.uri, "uploads", ("hr",))
    kept = original_of(corpus.settings.home / "default", record.uri, record.content_sha256)
    assert kept is not None
    assert kept.read_bytes() == TEXT.encode()
    assert kept.stat().st_mode & 0o777 == 0o600
    # Asked again, as a client does whose connection broke: the same job.
    assert jobs.uploads.finish(ANN, [upload.id]).id == job.id


def test_a_new_version_takes_the_place_of_the_kept_file(jobs: Jobs, corpus: Corpus) -> None:
    for text in (TEXT, TEXT.replace("1,280", "1,300")):
        worked(jobs, jobs.uploads.finish(ANN, [send(jobs, "kiln.md", text.encode()).id]))
    (record,) = corpus.registry.documents()
    files = list((corpus.settings.home / "default" / "uploads").iterdir())
    assert [one.read_text() for one in files] == [TEXT.replace("1,280", "1,300")]
    assert record.content_sha256 == hashlib.sha256(files[0].read_bytes()).hexdigest()


def test_removing_a_document_removes_its_file(jobs: Jobs, corpus: Corpus) -> None:
    worked(jobs, jobs.uploads.finish(ANN, [send(jobs, "kiln.md", TEXT.encode()).id]))
    (record,) = corpus.registry.documents()
    with corpus.writing() as (pipeline, writer):
        pipeline.remove(record, writer)
    assert list((corpus.settings.home / "default" / "uploads").iterdir()) == []


def test_two_people_s_files_of_one_name_are_two_documents(jobs: Jobs, corpus: Corpus) -> None:
    first = send(jobs, "kiln.md", TEXT.encode())
    second = send(jobs, "kiln.md", b"# Kiln\n\nAnother kiln.\n", BOB)
    for asker, one in ((ANN, first), (BOB, second)):
        worked(jobs, jobs.uploads.finish(asker, [one.id]))
    assert len(corpus.registry.documents()) == 2


def test_what_failed_is_told_file_by_file_and_alone_tried_again(jobs: Jobs, corpus: Corpus) -> None:
    good, bad = send(jobs, "good.md", TEXT.encode()), send(jobs, "bad.pdf", b"%PDF-1.4 broken")
    done = worked(jobs, jobs.uploads.finish(ANN, [good.id, bad.id]))
    assert (done.state, done.added, done.failed, done.files_done) == ("done", 1, 1, 2)
    (failure,) = jobs.queue.failures(ANN, done.id)
    assert (failure.name, failure.uri, failure.code) == ("bad.pdf", bad.uri, "broken-pdf")
    assert failure.why
    again = worked(jobs, jobs.queue.retry(ANN, done.id))
    assert (again.state, again.files_total, again.failed, again.retry_of) == ("done", 1, 1, done.id)
    assert len(corpus.registry.documents()) == 1
    jobs.queue.expire(0)
    assert jobs.queue.list(CHIEF) == [done, again][::-1]


def test_a_folder_is_synced_and_a_retry_removes_nothing(jobs: Jobs, corpus: Corpus, tmp_path: Path) -> None:
    place = folder(tmp_path / "tree")
    (place / "broken.json").write_text("{")
    first = worked(jobs, jobs.sync(CHIEF, "tree", str(place), ["everyone"]))
    assert (first.state, first.added, first.failed, first.files_total) == ("done", 3, 1, 4)
    (place / "page0.md").unlink()
    (place / "broken.json").write_text('{"pump": "it is whole again"}')
    retried = worked(jobs, jobs.queue.retry(CHIEF, first.id))
    assert (retried.added, retried.removed, retried.files_total) == (1, 0, 1)
    synced = worked(jobs, jobs.sync(CHIEF, "tree", str(place)))
    assert (synced.unchanged, synced.removed) == (3, 1)
    assert jobs.queue.failures(CHIEF, synced.id) == []
    with pytest.raises(JobStateError, match="nothing to try again"):
        jobs.queue.retry(CHIEF, synced.id)


def test_a_folder_that_is_gone_fails_the_job_and_removes_nothing(
    jobs: Jobs, corpus: Corpus, tmp_path: Path
) -> None:
    place = folder(tmp_path / "tree")
    worked(jobs, jobs.sync(CHIEF, "tree", str(place)))
    place.rename(tmp_path / "elsewhere")
    queued = jobs.queue.put("folder", "chief", "tree", str(place))
    failed = worked(jobs, queued)
    assert failed.state == "failed"
    assert "no folder any more" in failed.error
    (tmp_path / "elsewhere").rename(place)
    assert worked(jobs, jobs.queue.retry(CHIEF, failed.id)).unchanged == 3
    assert len(corpus.registry.documents()) == 3


def test_only_the_owner_or_an_operator_sees_a_job_and_an_upload(jobs: Jobs) -> None:
    upload = send(jobs, "kiln.md", TEXT.encode())
    for call in (jobs.uploads.get, jobs.uploads.cancel):
        with pytest.raises(NoSuchJobError):
            call(BOB, upload.id)
    with pytest.raises(NoSuchJobError):
        jobs.uploads.append(BOB, upload.id, 0, b"x")
    with pytest.raises(NoSuchJobError):
        jobs.uploads.finish(BOB, [upload.id])
    job = jobs.uploads.finish(ANN, [upload.id])
    calls: list[Callable[[Requester, str], object]] = [
        jobs.queue.get,
        jobs.queue.failures,
        jobs.queue.cancel,
        jobs.queue.retry,
    ]
    for refused in calls:
        with pytest.raises(NoSuchJobError):
            refused(BOB, job.id)
    assert jobs.queue.list(BOB) == []
    assert jobs.queue.list(CHIEF) == jobs.queue.list(ANN) == [job]
    for denied in (lambda: jobs.sync(ANN, "s", "/"), lambda: jobs.sources.list(ANN)):
        with pytest.raises(JobRefusedError):
            denied()


def test_a_job_that_waits_is_cancelled_at_once_and_can_be_tried_again(jobs: Jobs, corpus: Corpus) -> None:
    job = jobs.uploads.finish(ANN, [send(jobs, "kiln.md", TEXT.encode()).id])
    assert jobs.queue.cancel(ANN, job.id).state == "cancelled"
    jobs.worker.work_off()
    assert corpus.registry.documents() == []
    with pytest.raises(JobStateError, match="nothing to cancel"):
        jobs.queue.cancel(ANN, job.id)
    assert worked(jobs, jobs.queue.retry(ANN, job.id)).added == 1


def test_a_job_that_runs_ends_after_the_file_it_is_at(jobs: Jobs, corpus: Corpus, tmp_path: Path) -> None:
    job = jobs.sync(CHIEF, "tree", str(folder(tmp_path / "tree", 9)))

    def after_the_first() -> bool:
        if jobs.queue.get(CHIEF, job.id).files_done == 1:
            jobs.queue.cancel(CHIEF, job.id)
        return False

    jobs.worker.work_off(after_the_first)
    ended = jobs.queue.get(CHIEF, job.id)
    assert ended.state == "cancelled"
    assert 1 <= len(corpus.registry.documents()) < 9
    assert ended.added == 2
    assert worked(jobs, jobs.queue.retry(CHIEF, job.id)).state == "done"
    assert len(corpus.registry.documents()) == 9


def test_a_job_that_was_cancelled_when_all_was_added_is_done(jobs: Jobs, corpus: Corpus) -> None:
    sent = [send(jobs, f"kiln{number}.md", f"{TEXT}{number}".encode()).id for number in range(2)]
    job = jobs.uploads.finish(ANN, sent)

    def at_the_first() -> bool:
        if jobs.queue.get(ANN, job.id).files_done == 1:
            jobs.queue.cancel(ANN, job.id)
        return False

    jobs.worker.work_off(at_the_first)
    ended = jobs.queue.get(ANN, job.id)
    assert (ended.state, ended.added, len(corpus.registry.documents())) == ("done", 2, 2)


def test_a_sync_of_its_source_takes_no_upload_away(jobs: Jobs, corpus: Corpus, tmp_path: Path) -> None:
    sent = send(jobs, "kiln.md", TEXT.encode(), source="handbook")
    worked(jobs, jobs.uploads.finish(ANN, [sent.id]))
    tree = folder(tmp_path / "tree", 2)
    for count in (3, 2):
        with corpus.writing() as (pipeline, writer):
            list(pipeline.sync(discover([tree], "handbook"), "handbook", writer))
        assert len(corpus.registry.documents("handbook")) == count
        (tree / "page0.md").unlink(missing_ok=True)
    assert {one.title for one in corpus.registry.documents("handbook")} == {"Kiln", "Page 1"}


def test_a_server_that_stops_leaves_the_job_to_the_next(jobs: Jobs, corpus: Corpus, tmp_path: Path) -> None:
    job = jobs.sync(CHIEF, "tree", str(folder(tmp_path / "tree", 9)))
    calls = iter([False, True, True])
    jobs.worker.work_off(lambda: next(calls, True))
    left = jobs.queue.get(CHIEF, job.id)
    assert (left.state, left.attempts) == ("queued", 0)
    assert worked(jobs, job).state == "done"
    assert len(corpus.registry.documents()) == 9


def test_a_thread_does_jobs_when_it_is_woken_and_one_process_at_a_time(jobs: Jobs, corpus: Corpus) -> None:
    thread = JobThread(jobs.worker, tick_s=60)
    thread.start()
    job = jobs.uploads.finish(ANN, [send(jobs, "kiln.md", TEXT.encode()).id])
    thread.wake()
    wait_for(lambda: jobs.queue.get(ANN, job.id).state == "done")
    with pytest.raises(WorkerBusyError):
        jobs.worker.work_off()
    assert thread.stop()
    jobs.worker.work_off()


def wait_for(happened: Callable[[], bool], give_up_s: float = 60) -> None:
    end = time.monotonic() + give_up_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_job_of_a_killed_process_is_taken_up_and_comes_to_its_end(
    jobs: Jobs, corpus: Corpus, tmp_path: Path
) -> None:
    job = jobs.sync(CHIEF, "tree", str(folder(tmp_path / "tree", 60)))
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        f"from {open_corpus.__module__} import open_corpus\n"
        f"from {open_jobs.__module__} import open_jobs\n"
        f"from {Settings.__module__} import Settings\n"
        "from pathlib import Path\n"
        f"with open_corpus(Settings(home=Path({str(corpus.settings.home)!r}))) as corpus:\n"
        "    open_jobs(corpus).worker.work_off()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    wait_for(lambda: jobs.queue.get(CHIEF, job.id).files_done > 0 or process.poll() is not None)
    with pytest.raises(WorkerBusyError):
        jobs.worker.work_off()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    killed = jobs.queue.get(CHIEF, job.id)
    assert killed.state == "running"
    assert killed.files_done < 60
    done = worked(jobs, job)
    assert (done.state, done.files_done, done.attempts) == ("done", 60, 2)
    assert done.unchanged >= 1
    assert len(corpus.registry.documents()) == 60
    assert corpus.checks().missing() == ""


def test_a_job_that_kills_its_process_each_time_is_given_up(jobs: Jobs) -> None:
    job = jobs.uploads.finish(ANN, [send(jobs, "kiln.md", TEXT.encode()).id])
    for _ in range(MOST_ATTEMPTS):
        assert jobs.queue.take() is not None
        assert jobs.queue.take_up() == 1
    assert jobs.queue.take() is None
    given_up = jobs.queue.get(ANN, job.id)
    assert (given_up.state, given_up.error_code) == ("failed", "process-died")


def test_a_job_waits_while_another_process_writes(jobs: Jobs, corpus: Corpus, clock: Clock) -> None:
    job = jobs.uploads.finish(ANN, [send(jobs, "kiln.md", TEXT.encode()).id])
    quick = corpus.settings.model_copy(
        update={"ingest": corpus.settings.ingest.model_copy(update={"lock_timeout_s": 0.0})}
    )
    with open_corpus(quick) as other:
        waiting = open_jobs(other, clock)
        with corpus.writing():
            assert worked(waiting, job).state == "queued"
        assert worked(waiting, job).state == "queued"
        clock.later(seconds=6)
        done = worked(waiting, job)
    assert (done.state, done.attempts) == ("done", 1)


def test_jobs_that_are_over_go_after_their_days(jobs: Jobs, clock: Clock) -> None:
    upload = send(jobs, "bad.pdf", b"%PDF-")
    assert worked(jobs, jobs.uploads.finish(ANN, [upload.id])).failed == 1
    assert jobs.uploads.get(ANN, upload.id).state == "failed"
    clock.later(days=31)
    jobs.worker.work_off()
    assert jobs.queue.list(CHIEF) == []
    # The file that could not be read goes with the job that says so.
    with pytest.raises(NoSuchJobError):
        jobs.uploads.get(ANN, upload.id)


def test_forgetting_takes_the_file_and_what_jobs_say_of_it(jobs: Jobs, corpus: Corpus) -> None:
    words = b"# Kiln\n\nThe zirconiafurnace glows.\n"
    upload = send(jobs, "kiln.md", words)
    worked(jobs, jobs.uploads.finish(ANN, [upload.id]))
    mine = send(jobs, "zanzibarplan.md", TEXT.encode())
    (record,) = corpus.registry.documents()
    report = corpus.forget(document=record.doc_id)
    assert report.done, report.proof
    assert not any(b"zirconiafurnace" in one.read_bytes() for one in files_of(corpus))
    report = corpus.forget(user="ann")
    assert report.done, report.proof
    assert jobs.queue.list(CHIEF) == []
    with pytest.raises(NoSuchJobError):
        jobs.uploads.get(CHIEF, mine.id)
    assert not any(b"zanzibarplan" in one.read_bytes() for one in files_of(corpus))


def files_of(corpus: Corpus) -> list[Path]:
    return [one for one in corpus.settings.home.rglob("*") if one.is_file()]


def test_sources_are_due_by_the_clock_and_once_for_what_was_missed(
    jobs: Jobs, corpus: Corpus, clock: Clock, tmp_path: Path
) -> None:
    place = folder(tmp_path / "tree")
    added = jobs.sources.add(CHIEF, "tree", str(place), 60, ["hr"])
    assert (added.kind, added.next_run) == ("folder", clock().isoformat())
    assert jobs.worker.work_off() == 1
    assert {one.groups for one in corpus.registry.documents("tree")} == {("hr",)}
    assert jobs.worker.work_off() == 0
    clock.later(minutes=59)
    assert jobs.worker.work_off() == 0
    clock.later(days=3)
    assert jobs.worker.work_off() == 1
    (source,) = jobs.sources.list(CHIEF)
    assert source.next_run == (clock() + timedelta(minutes=60)).isoformat()
    assert jobs.queue.get(CHIEF, source.last_job).unchanged == 3
    jobs.sources.remove(CHIEF, "tree")
    clock.later(days=1)
    assert jobs.worker.work_off() == 0
    assert len(corpus.registry.documents("tree")) == 3


def test_a_source_whose_job_waits_is_not_queued_again(jobs: Jobs, clock: Clock, tmp_path: Path) -> None:
    jobs.sources.add(CHIEF, "tree", str(folder(tmp_path / "tree")), 1)
    assert jobs.sources.queue_due() == 1
    clock.later(minutes=5)
    assert jobs.sources.queue_due() == 0
    assert len(jobs.queue.list(CHIEF)) == 1


def test_pages_of_a_sitemap_are_read_and_failed_ones_again(tmp_path: Path, clock: Clock) -> None:
    page = "<h1>Pump</h1><p>The pump of this page runs on two phases.</p>"
    with site() as served:
        served.page("/sitemap.xml", f"{served.url}/a\n{served.url}/b\n", "text/plain")
        served.page("/a", page)
        settings = Settings(
            home=tmp_path, web=WebSettings(delay_s=0, private_hosts=["127.0.0.1"], timeout_s=20)
        )
        with open_corpus(settings) as corpus:
            jobs = open_jobs(corpus, clock)
            first = worked(jobs, jobs.sync(CHIEF, "site", f"{served.url}/sitemap.xml"))
            assert (first.state, first.added, first.failed, first.files_total) == ("done", 1, 1, 2)
            served.page("/b", page.replace("two", "three"))
            again = worked(jobs, jobs.queue.retry(CHIEF, first.id))
            assert (again.added, again.files_total, again.removed) == (1, 1, 0)
            gone = worked(jobs, jobs.sync(CHIEF, "site", f"{served.url}/nothing.xml"))
            assert (gone.state, gone.error_code) == ("failed", "sitemap")
            assert len(corpus.registry.documents("site")) == 2
