"""Uploads: resumed, bounded, checked, and never a path of anybody's choosing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import open_corpus
from app.ingestion.discover import SourceNameError
from app.jobs.job import JobError, JobStateError, NoSuchJobError
from app.jobs.names import MOST_BYTES, safe_name, upload_uri
from app.jobs.open import Jobs, open_jobs
from app.jobs.settings import JobsSettings
from app.jobs.uploads import UploadOffsetError, UploadTooLargeError
from app.registry.requester import Requester
from app.settings import IngestSettings, Settings
from tests.app.jobs.test_jobs import ANN, BOB, CHIEF, Clock

DATA = b"# Words\n\nThe pump runs on two phases.\n"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(tmp_path: Path, clock: Clock) -> Iterator[Jobs]:
    settings = Settings(
        home=tmp_path, jobs=JobsSettings(unfinished_mb=0.001), ingest=IngestSettings(max_file_mb=0.0005)
    )
    with open_corpus(settings) as corpus:
        yield open_jobs(corpus, clock)


def bytes_in(tmp_path: Path) -> list[bytes]:
    place = tmp_path / "default" / "uploads"
    return [one.read_bytes() for one in place.iterdir()] if place.is_dir() else []


def test_an_upload_goes_on_where_it_stopped(jobs: Jobs) -> None:
    first = jobs.uploads.begin(ANN, "words.md", SHA, len(DATA))
    assert jobs.uploads.append(ANN, first.id, 0, DATA[:10]).received == 10
    with pytest.raises(UploadOffsetError) as refused:
        jobs.uploads.append(ANN, first.id, 0, DATA[:10])
    assert refused.value.received == 10
    with pytest.raises(JobStateError, match="send the rest"):
        jobs.uploads.finish(ANN, [first.id])
    again = jobs.uploads.begin(ANN, "words.md", SHA.upper(), len(DATA))
    assert (again.id, again.received) == (first.id, 10)
    # The same bytes of somebody else are theirs.
    assert jobs.uploads.begin(BOB, "words.md", SHA, len(DATA)).received == 0
    jobs.uploads.append(ANN, first.id, 10, DATA[10:])
    assert jobs.uploads.finish(ANN, [first.id]).bytes_total == len(DATA)
    with pytest.raises(JobStateError, match="is finished"):
        jobs.uploads.append(ANN, first.id, len(DATA), b"x")


def test_bytes_that_are_not_those_that_were_said_are_refused_and_gone(jobs: Jobs, tmp_path: Path) -> None:
    upload = jobs.uploads.begin(ANN, "words.md", SHA, len(DATA))
    with pytest.raises(UploadTooLargeError):
        jobs.uploads.append(ANN, upload.id, 0, DATA + b"!")
    jobs.uploads.append(ANN, upload.id, 0, DATA.replace(b"two", b"six"))
    with pytest.raises(JobError, match="another sha256"):
        jobs.uploads.finish(ANN, [upload.id])
    assert bytes_in(tmp_path) == []
    with pytest.raises(NoSuchJobError):
        jobs.uploads.get(ANN, upload.id)


def test_sizes_are_bounded_before_a_byte_is_written(jobs: Jobs, tmp_path: Path) -> None:
    with pytest.raises(UploadTooLargeError, match="PINCITE_INGEST__MAX_FILE_MB"):
        jobs.uploads.begin(ANN, "big.md", SHA, 600)
    jobs.uploads.begin(ANN, "a.md", "a" * 64, 500)
    second = jobs.uploads.begin(BOB, "b.md", "b" * 64, 500)
    with pytest.raises(UploadTooLargeError, match="PINCITE_JOBS__UNFINISHED_MB"):
        jobs.uploads.begin(BOB, "c.md", "c" * 64, 500)
    jobs.uploads.cancel(BOB, second.id)
    jobs.uploads.begin(BOB, "c.md", "c" * 64, 500)
    assert bytes_in(tmp_path) == []


def test_what_nobody_goes_on_with_goes(jobs: Jobs, clock: Clock, tmp_path: Path) -> None:
    upload = jobs.uploads.begin(ANN, "words.md", SHA, len(DATA))
    jobs.uploads.append(ANN, upload.id, 0, DATA[:10])
    clock.later(hours=23)
    jobs.uploads.append(ANN, upload.id, 10, DATA[10:12])
    clock.later(hours=23)
    assert jobs.uploads.expire() == 0
    clock.later(hours=2)
    assert jobs.uploads.expire() == 1
    assert bytes_in(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sha256": "zz"}, "64 hexadecimal"),
        ({"size": 0}, "is empty"),
        ({"readers": ["hr", ""]}, "names of groups"),
        ({"readers": ["hr,board"]}, "names of groups"),
        ({"name": "con.txt"}, "cannot name a file"),
    ],
)
def test_what_cannot_be_is_refused(jobs: Jobs, given: dict[str, object], told: str) -> None:
    plain: dict[str, object] = {"name": "a.md", "sha256": SHA, "size": len(DATA)}
    with pytest.raises(JobError, match=told):
        jobs.uploads.begin(ANN, **{**plain, **given})  # type: ignore[arg-type]


def test_a_source_is_for_uploads_or_for_a_folder(jobs: Jobs, tmp_path: Path) -> None:
    with pytest.raises(SourceNameError):
        jobs.uploads.begin(ANN, "a.md", SHA, 10, source="../x")
    jobs.sources.add(CHIEF, "handbook", str(tmp_path), 60)
    with pytest.raises(JobError, match="would remove the upload"):
        jobs.uploads.begin(ANN, "a.md", SHA, 10, source="handbook")
    jobs.uploads.begin(ANN, "a.md", SHA, 10, source="mine")
    with pytest.raises(JobError, match="which a sync would remove"):
        jobs.sources.add(CHIEF, "mine", str(tmp_path), 60)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.md", "a.md"),
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\plan.docx", "plan.docx"),
        ("/abs/.hidden.md", ".hidden.md"),
        ("cafe\u0301.md", "caf\u00e9.md"),
        ("report.md. . ", "report.md"),
    ],
)
def test_a_name_is_the_last_part_of_its_path(given: str, name: str) -> None:
    assert safe_name(given) == name


@pytest.mark.parametrize(
    "name",
    ["", "..", "a/..", "a/", ".", "...", "a\x00.md", "a\n.md", "\ud800.md", "NUL", "com1.txt", "Lpt9 .md",
     "a:b.md", "a\u202emd.exe", "x" * (MOST_BYTES + 1), "\u200b.md"],
    ids=range(16),
)  # fmt: skip
def test_a_name_that_could_harm_is_refused(name: str) -> None:
    with pytest.raises(JobError):
        safe_name(name)


@given(st.text(max_size=40) | st.text(st.sampled_from("./\\:conul \x00~"), max_size=12))
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    try:
        safe = safe_name(name)
    except JobError:
        return
    assert (Path("/uploads") / safe).parent == Path("/uploads")
    assert safe_name(safe) == safe
    assert upload_uri("ann", safe).startswith("upload://")
    assert Requester("ann").user not in upload_uri("ann", "a.md")
