"""What a job, an upload and a scheduled source are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.errors import PinciteError

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
"""``done``: it came to its end, though files may have failed; ``failed``: it did not."""

JobKind = Literal["upload", "folder", "sitemap"]

OVER: frozenset[JobState] = frozenset(("done", "failed", "cancelled"))


class JobError(PinciteError, ValueError):
    """What was asked of a job, an upload or a source cannot be done; one line says why."""

    code = "job"
    status = 422


class NoSuchJobError(PinciteError, LookupError):
    """There is none of this name that whoever asks may see."""

    code = "no-such-job"
    status = 404


class JobRefusedError(PinciteError, PermissionError):
    """Only an operator may do it, or nobody over HTTP."""

    code = "operator-only"
    status = 403


class JobStateError(PinciteError, RuntimeError):
    """It is not in the state for what was asked: over already, or not yet."""

    code = "job-state"
    status = 409


class JobStoreError(PinciteError, RuntimeError):
    """The file of jobs cannot be used."""

    code = "job-store"


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that a job could not read. ``code``, ``why``, ``hint`` as of ``LoadError``."""

    name: str
    uri: str
    code: str
    why: str
    hint: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Job:
    """``place`` is a folder or the address of a sitemap, empty for uploads. Times are ISO times in UTC.

    ``files_total`` and ``bytes_total`` are 0 until they are known (bytes never of web pages). ``error`` says
    in one line why it failed as a whole. ``retry_of``: the job whose failed files it reads again.
    """

    id: str
    kind: JobKind
    state: JobState
    owner: str
    source: str
    place: str
    readers: tuple[str, ...]
    created_at: str
    started_at: str = ""
    finished_at: str = ""
    files_total: int = 0
    files_done: int = 0
    bytes_total: int = 0
    bytes_done: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    error: str = ""
    error_code: str = ""
    cancel: bool = False
    attempts: int = 0
    retry_of: str = ""
    only: tuple[str, ...] = ()
    """URIs, where it is not all of the place."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being sent, waits for its job, or is kept. ``received`` counts bytes on the disk."""

    id: str
    owner: str
    name: str
    sha256: str
    size: int
    source: str
    readers: tuple[str, ...]
    uri: str
    state: Literal["receiving", "waiting", "failed", "kept"]
    job_id: str
    received: int = 0


@dataclass(frozen=True, slots=True)
class ScheduledSource:
    """A source that is synced every ``minutes`` minutes; ``next_run`` and ``last_job`` may be empty."""

    name: str
    kind: JobKind
    place: str
    minutes: int
    owner: str
    readers: tuple[str, ...]
    next_run: str
    last_job: str = ""
