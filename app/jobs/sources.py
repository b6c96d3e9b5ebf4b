"""ScheduledSources that are synced by a schedule: a folder or a sitemap, every so many minutes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from app.ingestion.discover import check_source, is_url
from app.jobs.database import jobs_file
from app.jobs.job import JobError, JobKind, JobRefusedError, NoSuchJobError, ScheduledSource
from app.jobs.store import put_job
from app.jobs.uploads import checked_readers
from app.registry.requester import Requester

LEAST_MINUTES = 1
MOST_MINUTES = 366 * 24 * 60


class ScheduledSources:
    """The scheduled sources of one tenant; only an operator sees and changes them."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def add(
        self, asker: Requester, name: str, place: str, minutes: int, readers: Sequence[str] = ()
    ) -> ScheduledSource:
        """Sync ``name`` with a folder, or a sitemap's address, from now on; one of that name is replaced.

        Raises:
            JobRefusedError: the asker is no operator. SourceNameError, JobError: what cannot be.
        """
        _need_operator(asker)
        check_source(name)
        named = checked_readers(readers)
        if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            raise JobError(f"minutes between two runs must be {LEAST_MINUTES} to {MOST_MINUTES}")
        kind, where = checked_place(place)
        with jobs_file(self._path) as connection:
            clash = "SELECT 1 FROM uploads WHERE source = ?"
            if connection.execute(clash, (name,)).fetchone():
                raise JobError(f"source {name!r} has uploads, which a sync would remove; name another source")
            connection.execute(
                "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, '')",
                (name, kind, where, minutes, asker.user, json.dumps(named), self._now().isoformat()),
            )
            return _source(connection, name)

    def list(self, asker: Requester) -> list[ScheduledSource]:
        """All of them, by name. Raises ``JobRefusedError``."""
        _need_operator(asker)
        if not self._path.exists():
            return []
        with jobs_file(self._path) as connection:
            return [_record(row) for row in connection.execute("SELECT * FROM sources ORDER BY name")]

    def remove(self, asker: Requester, name: str) -> None:
        """Sync it no more; its documents stay. Raises ``JobRefusedError``, ``NoSuchJobError``."""
        _need_operator(asker)
        with jobs_file(self._path) as connection:
            if not connection.execute("DELETE FROM sources WHERE name = ?", (name,)).rowcount:
                raise NoSuchJobError(f"no source {name!r} is synced by a schedule; see: pincite sources list")

    def queue_due(self) -> int:
        """Queue a job for each source whose time has come and that has none waiting; how many."""
        if not self._path.exists():
            return 0
        now = self._now()
        count = 0
        with jobs_file(self._path) as connection:
            due = "SELECT * FROM sources WHERE next_run <= ? ORDER BY next_run"
            for row in connection.execute(due, (now.isoformat(),)).fetchall():
                one = _record(row)
                busy = "SELECT 1 FROM jobs WHERE source = ? AND state IN ('queued', 'running')"
                job_id = one.last_job
                if connection.execute(busy, (one.name,)).fetchone() is None:
                    given = (one.kind, one.owner, one.name, one.place, one.readers, "", (), (0, 0))
                    job_id = put_job(connection, now, *given)
                    count += 1
                # From now: what was missed while nobody worked is done once, not as often as it was missed.
                following = (now + timedelta(minutes=one.minutes)).isoformat()
                connection.execute(
                    "UPDATE sources SET next_run = ?, last_job = ? WHERE name = ?",
                    (following, job_id, one.name),
                )
        return count


def checked_place(place: str) -> tuple[JobKind, str]:
    """What a place is, and how it is kept. Raises ``JobError`` for what is neither folder nor address."""
    if is_url(place):
        return "sitemap", place
    folder = Path(place).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise JobError(f"{place[:200]!r} is no folder with its whole path, and no address of a sitemap")
    return "folder", str(folder)


def _need_operator(asker: Requester) -> None:
    if not asker.operator:
        raise JobRefusedError("only an operator may see and change what is read from folders and sites")


def _source(connection: sqlite3.Connection, name: str) -> ScheduledSource:
    return _record(connection.execute("SELECT * FROM sources WHERE name = ?", (name,)).fetchone())


def _record(row: sqlite3.Row) -> ScheduledSource:
    return ScheduledSource(**{**dict(row), "readers": tuple(json.loads(row["readers"]))})
