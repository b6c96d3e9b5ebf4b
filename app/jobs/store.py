"""The queue of jobs: put in, taken out, reported on; each its owner's."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.jobs.database import jobs_file
from app.jobs.job import OVER, FailedFile, Job, JobKind, JobState, JobStateError, NoSuchJobError
from app.registry.requester import Requester
from app.storage.sqlite import sqlite_file, write_anew

MOST_ATTEMPTS = 5
"""Times a job is taken up whose process died at it."""

MOST_FAILED_FILES = 10_000
"""Failures of one job that are kept one by one; all are counted."""

_COLUMNS = tuple(one.name for one in fields(Job))
_SELECTED = ", ".join(f'"{name}"' for name in _COLUMNS)
_OVER = ", ".join(f"'{state}'" for state in sorted(OVER))


class JobStore:
    """The jobs of one tenant. Opened anew for each call, so any thread or process may ask."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def put(
        self,
        kind: JobKind,
        owner: str,
        source: str,
        place: str = "",
        readers: Sequence[str] = (),
        *,
        retry_of: str = "",
        only: Sequence[str] = (),
        total: tuple[int, int] = (0, 0),
    ) -> Job:
        """Put a job into the queue. ``total``: files and bytes, where they are known."""
        with jobs_file(self._path) as connection:
            job_id = put_job(
                connection, self._now(), kind, owner, source, place, readers, retry_of, only, total
            )
            return _job(connection, job_id)

    def get(self, asker: Requester, job_id: str) -> Job:
        """Raises ``NoSuchJobError``: there is none, or it is another's."""
        if self._path.exists():
            with jobs_file(self._path) as connection:
                return _seen(connection, asker, job_id)
        raise NoSuchJobError(f"there is no job {job_id!r}; see: pincite jobs list")

    def failures(self, asker: Requester, job_id: str) -> list[FailedFile]:
        """The files that could not be read, in order."""
        self.get(asker, job_id)
        query = (
            "SELECT name, uri, code, why, hint, retryable FROM failed_files WHERE job_id = ? ORDER BY number"
        )
        with jobs_file(self._path) as connection:
            rows = connection.execute(query, (job_id,)).fetchall()
        return [FailedFile(**{**dict(row), "retryable": bool(row["retryable"])}) for row in rows]

    def list(self, asker: Requester, limit: int = 100, state: JobState | None = None) -> list[Job]:
        """Those that the asker may see, newest first."""
        if not self._path.exists():
            return []
        query = (
            f"SELECT {_SELECTED} FROM jobs WHERE (:all OR owner = :user)"  # noqa: S608 - our own words
            " AND (:state IS NULL OR state = :state) ORDER BY number DESC LIMIT :limit"
        )
        given = {"all": asker.operator, "user": asker.user, "state": state, "limit": limit}
        with jobs_file(self._path) as connection:
            return [_record(row) for row in connection.execute(query, given)]

    def cancel(self, asker: Requester, job_id: str) -> Job:
        """End a job that waits, or let one that runs end after the file it is at.

        Raises:
            NoSuchJobError: there is none. JobStateError: it is over.
        """
        self.get(asker, job_id)
        with jobs_file(self._path) as connection:
            now = self._now().isoformat()
            ended = "UPDATE jobs SET state = 'cancelled', cancel = 1, finished_at = ?"
            if not connection.execute(f"{ended} WHERE id = ? AND state = 'queued'", (now, job_id)).rowcount:
                asked = "UPDATE jobs SET cancel = 1 WHERE id = ? AND state = 'running'"
                if not connection.execute(asked, (job_id,)).rowcount:
                    raise JobStateError(f"job {job_id} is over; there is nothing to cancel")
            connection.execute(
                "UPDATE uploads SET state = 'failed' WHERE state = 'waiting' AND job_id IN"
                " (SELECT id FROM jobs WHERE id = ? AND state = 'cancelled')",
                (job_id,),
            )
            return _job(connection, job_id)

    def retry(self, asker: Requester, job_id: str) -> Job:
        """Queue what failed of a job anew, as a job of its own; all of it where it failed or was cancelled.

        Raises:
            NoSuchJobError: there is none. JobStateError: it is not over, or nothing of it failed.
        """
        job = self.get(asker, job_id)
        if job.state not in OVER:
            raise JobStateError(f"job {job_id} is not over; wait for it, or cancel it")
        failed = self.failures(asker, job_id)
        if job.state == "done" and not failed:
            raise JobStateError(f"no file of job {job_id} failed; there is nothing to try again")
        whole = job.state != "done"
        only = [*job.only] if whole else [one.uri for one in failed]
        with jobs_file(self._path) as connection:
            given = (job.kind, job.owner, job.source, job.place, job.readers)
            new = put_job(connection, self._now(), *given, job_id, only, (0, 0))
            connection.execute(
                "UPDATE uploads SET job_id = ?, state = 'waiting' WHERE job_id = ? AND state = 'failed'",
                (new, job_id),
            )
            return _job(connection, new)

    def take(self, besides: str | None = None) -> Job | None:
        """The next job that waits, now running; None where none does. For the worker alone.

        The owners take turns: first whoever's last job began longest ago. ``besides``: only uploads, and none
        of this owner's. One that died with its process too often fails here.
        """
        if not self._path.exists():
            return None
        now = self._now().isoformat()
        with jobs_file(self._path) as connection:
            connection.execute(
                "UPDATE jobs SET state = 'failed', finished_at = ?, error_code = 'process-died', error = ?"
                " WHERE state = 'queued' AND attempts >= ?",
                (now, f"the process ended {MOST_ATTEMPTS} times at this job", MOST_ATTEMPTS),
            )
            row = connection.execute(
                "SELECT id FROM jobs WHERE state = 'queued' AND not_before <= :now"
                " AND (:besides IS NULL OR (kind = 'upload' AND owner <> :besides)) ORDER BY"
                " (SELECT max(started_at) FROM jobs AS begun WHERE begun.owner = jobs.owner), number LIMIT 1",
                {"now": now, "besides": besides},
            ).fetchone()
            if row is None:
                return None
            connection.execute("DELETE FROM failed_files WHERE job_id = ?", (row["id"],))
            connection.execute(
                "UPDATE jobs SET state = 'running', started_at = ?, attempts = attempts + 1,"
                " files_done = 0, bytes_done = 0, added = 0, updated = 0, unchanged = 0, removed = 0,"
                " failed = 0 WHERE id = ?",
                (now, row["id"]),
            )
            return _job(connection, row["id"])

    def take_up(self) -> int:
        """Put jobs back whose process is dead; how many. Only whoever holds the worker's lock may say so."""
        if not self._path.exists():
            return 0
        with jobs_file(self._path) as connection:
            return connection.execute("UPDATE jobs SET state = 'queued' WHERE state = 'running'").rowcount

    def put_back(self, job_id: str, wait_s: float = 0.0) -> None:
        """Back into the queue, for another time: not its own fault, so not an attempt."""
        until = (self._now() + timedelta(seconds=wait_s)).isoformat() if wait_s else ""
        with jobs_file(self._path) as connection:
            connection.execute(
                "UPDATE jobs SET state = 'queued', not_before = ?, attempts = attempts - 1 WHERE id = ?",
                (until, job_id),
            )

    def totals(self, job_id: str, files: int, size: int) -> None:
        with jobs_file(self._path) as connection:
            query = "UPDATE jobs SET files_total = ?, bytes_total = ? WHERE id = ?"
            connection.execute(query, (files, size, job_id))

    def progress(self, job_id: str, status: str, size: int, failed: FailedFile | None = None) -> bool:
        """Note what became of one file; whether the job is to go on."""
        if status not in ("added", "updated", "unchanged", "removed", "failed"):
            raise ValueError(status)
        done = 0 if status == "removed" else 1
        with jobs_file(self._path) as connection:
            query = (
                f"UPDATE jobs SET {status} = {status} + 1, files_done = files_done + ?,"  # noqa: S608
                " bytes_done = bytes_done + ? WHERE id = ?"
            )
            connection.execute(query, (done, size, job_id))
            if failed is not None:
                connection.execute(
                    "INSERT INTO failed_files SELECT ?, count(*), ?, ?, ?, ?, ?, ? FROM failed_files"
                    " WHERE job_id = ? HAVING count(*) < ?",
                    (
                        job_id,
                        failed.name,
                        failed.uri,
                        failed.code,
                        failed.why,
                        failed.hint,
                        failed.retryable,
                        job_id,
                        MOST_FAILED_FILES,
                    ),
                )
            row = connection.execute("SELECT cancel FROM jobs WHERE id = ?", (job_id,)).fetchone()
            # A job that was deleted meanwhile, with its owner, is not gone on with.
            return row is not None and not row["cancel"]

    def end(self, job_id: str, state: JobState, error: str = "", code: str = "") -> None:
        """The job is over; uploads of it that were not read are there for a retry."""
        with jobs_file(self._path) as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, finished_at = ?, error = ?, error_code = ? WHERE id = ?",
                (state, self._now().isoformat(), error, code, job_id),
            )
            left = "UPDATE uploads SET state = 'failed' WHERE job_id = ? AND state = 'waiting'"
            connection.execute(left, (job_id,))

    def expire(self, keep_days: int) -> int:
        """Delete jobs that were over so many days ago; how many there were."""
        if not self._path.exists():
            return 0
        old = (self._now() - timedelta(days=keep_days)).isoformat()
        with jobs_file(self._path) as connection:
            query = f"DELETE FROM jobs WHERE state IN ({_OVER}) AND finished_at < ?"  # noqa: S608
            return connection.execute(query, (old,)).rowcount

    def forget(self, *, user: str = "", uris: Sequence[str] = ()) -> int:
        """Take a person's jobs away, and what jobs say of these documents; how many there were."""
        if not self._path.exists():
            return 0
        with jobs_file(self._path) as connection:
            count = 0
            if user:
                count += connection.execute("DELETE FROM jobs WHERE owner = ?", (user,)).rowcount
                connection.execute("UPDATE sources SET owner = '' WHERE owner = ?", (user,))
            for uri in uris:
                count += connection.execute("DELETE FROM failed_files WHERE uri = ?", (uri,)).rowcount
            _forget_only(connection, set(uris))
        with sqlite_file(self._path, 30, secure_delete=True) as connection:
            write_anew(connection)
        return count


def put_job(
    connection: sqlite3.Connection,
    now: datetime,
    kind: JobKind,
    owner: str,
    source: str,
    place: str,
    readers: Sequence[str],
    retry_of: str,
    only: Sequence[str],
    total: tuple[int, int],
) -> str:
    """Put a job into the queue, within somebody's transaction; its id."""
    job_id = secrets.token_hex(8)
    connection.execute(
        'INSERT INTO jobs (id, kind, state, owner, source, place, readers, created_at, retry_of, "only",'
        " files_total, bytes_total) VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job_id,
            kind,
            owner,
            source,
            place,
            json.dumps(list(readers)),
            now.isoformat(),
            retry_of,
            json.dumps(list(only)),
            *total,
        ),
    )
    return job_id


def _forget_only(connection: sqlite3.Connection, uris: set[str]) -> None:
    """A job that is for these alone goes: for none would mean for all of its place."""
    for row in connection.execute('SELECT id, "only" FROM jobs WHERE "only" <> \'[]\'').fetchall():
        only = json.loads(row["only"])
        left = [one for one in only if one not in uris]
        if not left:
            connection.execute("DELETE FROM jobs WHERE id = ?", (row["id"],))
        elif len(left) < len(only):
            connection.execute('UPDATE jobs SET "only" = ? WHERE id = ?', (json.dumps(left), row["id"]))


def _seen(connection: sqlite3.Connection, asker: Requester, job_id: str) -> Job:
    query = f"SELECT {_SELECTED} FROM jobs WHERE id = ? AND (? OR owner = ?)"  # noqa: S608
    row = connection.execute(query, (job_id, asker.operator, asker.user)).fetchone()
    if row is None:
        raise NoSuchJobError(f"there is no job {job_id!r}; see: pincite jobs list")
    return _record(row)


def _job(connection: sqlite3.Connection, job_id: str) -> Job:
    return _seen(connection, Requester("", operator=True), job_id)


def _record(row: sqlite3.Row) -> Job:
    known: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    for name in ("readers", "only"):
        known[name] = tuple(json.loads(known[name]))
    return Job(**{**known, "cancel": bool(known["cancel"])})
