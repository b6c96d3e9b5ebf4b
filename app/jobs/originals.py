"""The files that documents were uploaded as, kept beside the index while their documents are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from app.jobs.database import jobs_file

FOLDER = "uploads"
FILE = "jobs.sqlite"


def file_of(folder: Path, upload_id: str) -> Path:
    """Where an upload's bytes are: under its id, never under a name that somebody gave."""
    return folder / upload_id


def original_of(tenant: Path, uri: str, content_sha256: str) -> Path | None:
    """The kept file that a document was read from; None where it is not kept, or is another version's."""
    if not (tenant / FILE).exists():
        return None
    query = "SELECT id FROM uploads WHERE uri = ? AND sha256 = ? AND state = 'kept'"
    with jobs_file(tenant / FILE) as connection:
        row = connection.execute(query, (uri, content_sha256)).fetchone()
    path = file_of(tenant / FOLDER, row["id"]) if row is not None else None
    return path if path is not None and path.is_file() else None


def drop_originals(tenant: Path, present: Collection[str] | None = None, uris: Collection[str] = ()) -> int:
    """Delete kept files whose URI is among ``uris``, or not among ``present``; how many there were.

    And files that no upload has any more, as a kill between deleting the one and the other leaves.
    """
    if not (tenant / FILE).exists():
        return 0
    with jobs_file(tenant / FILE) as connection:
        gone = [
            row["id"]
            for row in connection.execute("SELECT id, uri, state FROM uploads").fetchall()
            if row["uri"] in uris
            or (present is not None and row["state"] == "kept" and row["uri"] not in present)
        ]
        for upload_id in gone:
            _delete(connection, tenant, upload_id)
        known = {row["id"] for row in connection.execute("SELECT id FROM uploads")}
        with suppress(FileNotFoundError):
            for path in (tenant / FOLDER).iterdir():
                if path.name not in known:
                    path.unlink()
    return len(gone)


def other_uris(tenant: Path, uris: Collection[str]) -> list[str]:
    """The URIs of all uploads but these."""
    if not (tenant / FILE).exists():
        return []
    with jobs_file(tenant / FILE) as connection:
        return [row["uri"] for row in connection.execute("SELECT uri FROM uploads") if row["uri"] not in uris]


def has_jobs_of(tenant: Path, user: str) -> bool:
    """Whether a job, an upload or a scheduled source is this person's."""
    if not (tenant / FILE).exists():
        return False
    query = " UNION ALL ".join(f"SELECT owner FROM {one}" for one in ("jobs", "uploads", "sources"))  # noqa: S608
    with jobs_file(tenant / FILE) as connection:
        found = connection.execute(f"SELECT 1 FROM ({query}) WHERE owner = ? LIMIT 1", (user,))  # noqa: S608
        return found.fetchone() is not None


def forget_uploads_of(tenant: Path, user: str) -> int:
    """Delete a person's uploads that are no document yet, and take their name off the others."""
    if not (tenant / FILE).exists():
        return 0
    with jobs_file(tenant / FILE) as connection:
        query = "SELECT id FROM uploads WHERE owner = ? AND state <> 'kept'"
        gone = [row["id"] for row in connection.execute(query, (user,)).fetchall()]
        for upload_id in gone:
            _delete(connection, tenant, upload_id)
        connection.execute("UPDATE uploads SET owner = '' WHERE owner = ?", (user,))
    return len(gone)


def _delete(connection: sqlite3.Connection, tenant: Path, upload_id: str) -> None:
    connection.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))
    file_of(tenant / FOLDER, upload_id).unlink(missing_ok=True)
