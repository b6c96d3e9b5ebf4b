"""Who changed what: a line for each change that was made over the API or the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import PinciteError
from app.storage.sqlite import sqlite_file, write_anew

_TABLE = """
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL,
    action TEXT NOT NULL, target TEXT NOT NULL, request_id TEXT NOT NULL
)
"""
FORGOTTEN = "(forgotten)"


class AuditLogError(PinciteError, RuntimeError):
    """The audit log cannot be written, so nothing is changed."""

    code = "audit-log"
    status = 503


@dataclass(frozen=True, slots=True)
class Change:
    """``action``: what was done, as ``keys.revoke``; ``target``: to what, by its id. ``at``: ISO time in
    UTC."""

    at: str
    user: str
    key: str
    action: str
    target: str
    request_id: str


class AuditLog:
    """The audit log of one tenant; its file is made with the first line. Lines are never changed, but for the
    name of a person or a document that is forgotten."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def note(self, user: str, action: str, target: str, *, key: str = "", request_id: str = "") -> None:
        """Write a line; before the change is made, so that none goes unnoted. Raises ``AuditLogError``."""
        row = (self._now().isoformat(), user, key, action, target, request_id)
        with self._opened() as connection, connection:
            connection.execute(
                "INSERT INTO audit (at, user, key, action, target, request_id) VALUES (?, ?, ?, ?, ?, ?)", row
            )

    def list(self, limit: int = 100) -> list[Change]:
        """The newest first."""
        if not self._path.exists():
            return []
        with self._opened() as connection:
            query = "SELECT at, user, key, action, target, request_id FROM audit ORDER BY number DESC LIMIT ?"
            return [Change(*row) for row in connection.execute(query, (limit,))]

    def forget(self, user: str) -> int:
        """Take a person's name out, in whatever line it is; returns in how many."""
        if not self._path.exists():
            return 0
        with self._opened() as connection:
            with connection:
                count = connection.execute(
                    "UPDATE audit SET user = :gone WHERE user = :user", {"gone": FORGOTTEN, "user": user}
                ).rowcount
                count += connection.execute(
                    "UPDATE audit SET target = :gone WHERE target = :user", {"gone": FORGOTTEN, "user": user}
                ).rowcount
            write_anew(connection)
        return count

    def forget_targets(self, names_it: Callable[[str], bool]) -> int:
        """Take out what lines are about, where ``names_it`` says so of it; returns in how many."""
        if not self._path.exists():
            return 0
        with self._opened() as connection:
            with connection:
                lines = connection.execute("SELECT number, target FROM audit").fetchall()
                gone = [(FORGOTTEN, number) for number, target in lines if names_it(target)]
                connection.executemany("UPDATE audit SET target = ? WHERE number = ?", gone)
            write_anew(connection)
        return len(gone)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with sqlite_file(self._path, 10, secure_delete=True, write_ahead_log=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise AuditLogError(f"the audit log in {self._path} cannot be used ({error})") from error
