"""The one SQLite file of jobs, uploads and scheduled sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.jobs.job import JobStoreError
from app.storage.sqlite import sqlite_file

FORMAT = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    state TEXT NOT NULL, owner TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
    readers TEXT NOT NULL, created_at TEXT NOT NULL, started_at TEXT NOT NULL DEFAULT '',
    finished_at TEXT NOT NULL DEFAULT '',
    not_before TEXT NOT NULL DEFAULT '', files_total INTEGER NOT NULL DEFAULT 0,
    files_done INTEGER NOT NULL DEFAULT 0, bytes_total INTEGER NOT NULL DEFAULT 0,
    bytes_done INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    error_code TEXT NOT NULL DEFAULT '', cancel INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0, retry_of TEXT NOT NULL DEFAULT '', "only" TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS failed_files (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
    uri TEXT NOT NULL, code TEXT NOT NULL, why TEXT NOT NULL, hint TEXT NOT NULL, retryable INTEGER NOT NULL,
    PRIMARY KEY (job_id, number)
);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    source TEXT NOT NULL, readers TEXT NOT NULL, uri TEXT NOT NULL, state TEXT NOT NULL,
    job_id TEXT NOT NULL DEFAULT '', touched_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS uploads_by_uri ON uploads (uri);
CREATE TABLE IF NOT EXISTS sources (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, place TEXT NOT NULL, minutes INTEGER NOT NULL,
    owner TEXT NOT NULL, readers TEXT NOT NULL, next_run TEXT NOT NULL, last_job TEXT NOT NULL DEFAULT ''
);
"""


@contextmanager
def jobs_file(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction that is committed at the end; the file is made where there is none.

    Raises:
        JobStoreError: the file is damaged, locked for long, or of another format.
    """
    try:
        with sqlite_file(
            path,
            30,
            autocommit=True,
            foreign_keys=True,
            secure_delete=True,
            write_ahead_log=True,
            normal_sync=True,
        ) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                _prepare(connection, path)
                yield connection
    except sqlite3.Error as error:
        raise JobStoreError(f"the jobs in {path} cannot be used ({error}); move the file away") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == 0:
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={FORMAT}")
    elif found != FORMAT:
        raise JobStoreError(
            f"{path} has format {found}, this Pincite reads {FORMAT}; use the Pincite that wrote it, or move "
            "the file away"
        )
