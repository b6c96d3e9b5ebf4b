"""Stored conversations taken away by what their turns hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.conversations.store import SHARES, ConversationStoreError
from app.storage.sqlite import sqlite_file, write_anew

_PLACES = (("checkpoints", "checkpoint"), ("writes", "value"))
"""Tables of LangGraph's SQLite saver, and the column of each that holds a turn's state."""

_OWNERS = "conversations"
"""Ours beside them (``app.conversations.store``)."""

_WAITING = "waiting"
"""Runs that wait for an approval (``app.conversations.waiting``): each is a conversation of its own."""

Holds = Callable[[str, str, bytes], bool]
"""(table, column, value) -> whether its conversation is meant."""


def threads_that(path: Path, hold: Holds) -> set[str]:
    """The conversations of which a turn's state holds something, by thread."""
    found: set[str] = set()
    if path.exists():
        with _opened(path) as connection:
            for table, column in _PLACES:
                if not _is_there(connection, table):
                    continue
                query = f"SELECT thread_id, {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
                for thread, value in connection.execute(query):
                    given = value.encode() if isinstance(value, str) else value
                    if thread not in found and hold(table, column, given):
                        found.add(thread)
    return found


def delete_threads(path: Path, threads: Collection[str]) -> int:
    """Delete these conversations with all their turns; returns how many there were."""
    if not path.exists():
        return 0
    gone = set[str]()
    with _opened(path) as connection, connection:
        for table in (*(name for name, _ in _PLACES), SHARES, _OWNERS):
            if not _is_there(connection, table):
                continue
            for thread in threads:
                query = f"DELETE FROM {table} WHERE thread_id = ?"  # noqa: S608 - our own names
                if connection.execute(query, (thread,)).rowcount:
                    gone.add(thread)
        if _is_there(connection, _WAITING):
            orphans = f"DELETE FROM {_WAITING} WHERE name NOT IN (SELECT name FROM {_OWNERS})"  # noqa: S608
            connection.execute(orphans)
    return len(gone)


def rewrite_conversations(path: Path) -> None:
    """Write the file anew, so that nothing of what was deleted is left in it."""
    if path.exists():
        with _opened(path) as connection:
            write_anew(connection)


def turns_of(path: Path, thread: str) -> list[bytes]:
    """The states of one conversation, packed."""
    if not path.exists():
        return []
    with _opened(path) as connection:
        return [
            value.encode() if isinstance(value, str) else value
            for table, column in _PLACES
            if _is_there(connection, table)
            for (value,) in connection.execute(
                f"SELECT {column} FROM {table} WHERE thread_id = ? AND {column} IS NOT NULL",  # noqa: S608
                (thread,),
            )
        ]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with sqlite_file(path, 10, secure_delete=True) as connection:
            yield connection
    except sqlite3.Error as error:
        raise ConversationStoreError(
            f"the stored conversations in {path} cannot be used ({error}); move the file away"
        ) from error


def _is_there(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None
