"""The ledger's file: every call that was reserved, and sums by account. All money is in billionths."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.controls.budgets.ledger import LedgerError
from app.storage.sqlite import connect_file, sqlite_file

FORMAT = 1
PATIENCE_S = 30.0
"""Seconds to wait for another process's transaction, which takes a millisecond or so."""

_TABLES = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, expires_at INTEGER NOT NULL, state TEXT NOT NULL,
    request TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL, tenant TEXT NOT NULL,
    step TEXT NOT NULL, model TEXT NOT NULL,
    reserved_nano INTEGER NOT NULL, reserved_tokens INTEGER NOT NULL,
    spent_nano INTEGER NOT NULL DEFAULT 0, spent_tokens INTEGER NOT NULL DEFAULT 0,
    over INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX calls_by_request ON calls (request);
CREATE INDEX open_calls ON calls (expires_at) WHERE state = 'open';
CREATE INDEX calls_by_time ON calls (at);
CREATE TABLE sums (
    owner TEXT NOT NULL, who TEXT NOT NULL, span TEXT NOT NULL, time_window TEXT NOT NULL,
    spent_nano INTEGER NOT NULL DEFAULT 0, spent_tokens INTEGER NOT NULL DEFAULT 0,
    held_nano INTEGER NOT NULL DEFAULT 0, held_tokens INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, who, span, time_window)
) WITHOUT ROWID;
"""


def make_ledger_file(path: Path) -> None:
    """Make the ledger's tables where there are none yet.

    Raises:
        LedgerError: the file cannot be used, or another version made it.
    """
    with _told(path), sqlite_file(path, PATIENCE_S, autocommit=True, write_ahead_log=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found == 0:
            for statement in _TABLES.strip().split(";\n"):
                connection.execute(statement.rstrip(";"))
            connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("COMMIT")
        if found not in (0, FORMAT):
            raise LedgerError(f"the ledger in {path} is of another version of Pincite; use that version")


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that nobody else writes beside; committed at the end, undone where something is raised.

    Raises:
        LedgerError: the file cannot be used.
    """
    with _told(path):
        connection = connect_file(path, PATIENCE_S, autocommit=True)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            # What was not committed is undone.
            connection.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state of the ledger.

    Raises:
        LedgerError: the file cannot be used.
    """
    with _told(path):
        connection = sqlite3.connect(
            f"file:{path}?mode=rw", uri=True, timeout=PATIENCE_S, isolation_level=None
        )
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(
            f"the ledger in {path} cannot be used ({error}); where it is damaged, move the file away"
        ) from error
