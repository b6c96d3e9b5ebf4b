"""The stored conversations: each has an owner, and goes when nobody went on with it for some days."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.errors import PinciteError
from app.storage.sqlite import sqlite_file

_TABLE = """
CREATE TABLE IF NOT EXISTS conversations (
    thread_id TEXT PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, begun_at TEXT NOT NULL,
    used_at TEXT NOT NULL
)
"""

COMMAND_LINE = "command line"
"""Who asks by ``pincite ask``."""

_TURNS = ("checkpoints", "writes")
"""LangGraph's tables, made with the first turn."""

SHARES = "shares"
"""The table of links that others may open (``app.conversations.shares``), made with the first."""


class ConversationError(PinciteError, LookupError):
    """There is no such conversation; the message is one line."""

    code = "conversation"
    status = 404


class ConversationGoneError(ConversationError):
    """The conversation was deleted while a question in it was answered: nothing of that turn is kept."""

    code = "conversation-gone"
    status = 409


class ConversationStoreError(ConversationError):
    """The file of conversations cannot be used."""

    code = "conversation-store"
    status = 500


@dataclass(frozen=True, slots=True)
class Conversation:
    """``name`` is what its owner calls it; the times are ISO times in UTC."""

    user: str
    name: str
    begun_at: str
    used_at: str


def thread_of(user: str, name: str) -> str:
    """The thread that a person's name for a conversation stands for: another's same name is another thread.

    >>> thread_of("ann", "trip") == thread_of("bob", "trip")
    False
    """
    shown = json.dumps([user, name], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(shown).hexdigest()[:32]


class ConversationStore:
    """The conversations of one tenant, in the file that LangGraph keeps their turns in."""

    def __init__(self, path: Path, keep_days: int, now: Callable[[], datetime]) -> None:
        self._path = path
        self._keep_days = keep_days
        self._now = now

    def prepare(self) -> None:
        """Make the table of owners where there is none yet."""
        with self.opened():
            pass

    def check(self) -> None:
        """Raises ``ConversationStoreError`` where the file cannot be read."""
        if self.is_there:
            with self.opened() as connection:
                connection.execute("SELECT 1 FROM conversations LIMIT 1").fetchall()

    def go_on(self, user: str, name: str) -> str:
        """The thread of a person's conversation, begun where there is none, and used now."""
        thread, now = thread_of(user, name), self._now().isoformat()
        with self.opened() as connection, connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (thread_id) DO UPDATE SET used_at = excluded.used_at",
                (thread, user, name, now, now),
            )
        return thread

    def list(self, user: str | None = None) -> list[Conversation]:
        """Those of one person, or all; the last used first."""
        if not self.is_there:
            return []
        query = (
            "SELECT user, name, begun_at, used_at FROM conversations WHERE :user IS NULL OR user = :user"
            " ORDER BY used_at DESC, user, name"
        )
        with self.opened() as connection:
            return [Conversation(*row) for row in connection.execute(query, {"user": user})]

    def find(self, user: str, name: str) -> Conversation:
        """A person's conversation. Raises ``ConversationError``."""
        query = "SELECT user, name, begun_at, used_at FROM conversations WHERE thread_id = ? AND user = ?"
        if self.is_there:
            with self.opened() as connection:
                row = connection.execute(query, (thread_of(user, name), user)).fetchone()
            if row is not None:
                return Conversation(*row)
        raise ConversationError(_none(user, name))

    def delete(self, user: str, name: str) -> None:
        """Delete a person's conversation with all its turns. Raises ``ConversationError``."""
        if not self.is_there or not self._delete("thread_id = ?", (thread_of(user, name),)):
            raise ConversationError(_none(user, name))

    def clear(self) -> int:
        """Delete all conversations; returns how many there were."""
        return self._delete("1", ()) if self.is_there else 0

    def expire(self) -> int:
        """Delete those that nobody went on with for ``keep_days``; returns how many there were.

        Threads that are not ours by name, as an earlier version left them, are counted from now on.
        """
        if not self.is_there:
            return 0
        now = self._now()
        with self.opened() as connection, connection:
            if "checkpoints" in _tables(connection):
                connection.execute(
                    "INSERT OR IGNORE INTO conversations"
                    " SELECT DISTINCT thread_id, '', thread_id, :now, :now FROM checkpoints",
                    {"now": now.isoformat()},
                )
        return self._delete("used_at < ?", ((now - timedelta(days=self._keep_days)).isoformat(),))

    def _delete(self, where: str, values: Sequence[str]) -> int:
        chosen = f"SELECT thread_id FROM conversations WHERE {where}"  # noqa: S608 - our own words
        with self.opened() as connection:
            with connection:
                for table in (*_TURNS, SHARES):
                    if table in _tables(connection):
                        query = f"DELETE FROM {table} WHERE thread_id IN ({chosen})"  # noqa: S608
                        connection.execute(query, values)
                query = f"DELETE FROM conversations WHERE {where}"  # noqa: S608
                count = connection.execute(query, values).rowcount
            if count:
                # Deleted words would stay readable in the write-ahead log.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    @property
    def is_there(self) -> bool:
        """Whether there is a file: none before the first conversation."""
        return self._path.exists()

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The file, with its table of owners. Raises ``ConversationStoreError``: it cannot be used."""
        try:
            with sqlite_file(self._path, 30, secure_delete=True, write_ahead_log=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise ConversationStoreError(
                f"the stored conversations in {self._path} cannot be used ({error}); move the file away"
            ) from error


def _none(user: str, name: str) -> str:
    return f"{user!r} has no conversation {name!r}; see: pincite threads list"


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
