"""Stored conversations: which of them name a document, and taking those away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.sqlite import sqlite_file

_PLACES = (("checkpoints", "checkpoint"), ("writes", "value"))
"""Tables of LangGraph's SQLite saver, and the column of each that holds a turn's state."""

_OWNERS = ("conversations",)
"""Ours beside them (``app.conversations.store``)."""


def conversations_of(path: Path, doc_id: str) -> set[str]:
    """The stored conversations in which a document was cited or shown, by name."""
    if not path.exists():
        return set()
    with _opened(path) as (connection, tables):
        return _naming(connection, tables, doc_id)


def forget_conversations(path: Path, doc_id: str) -> int:
    """Delete the stored conversations in which a document was cited or shown; returns how many.

    A conversation's checkpoints hold the evidence of every turn, so it goes as a whole.
    """
    if not path.exists():
        return 0
    with _opened(path) as (connection, tables):
        threads = sorted(_naming(connection, tables, doc_id))
        with connection:
            for table in [*(name for name, _ in tables), *_OWNERS]:
                if not _is_there(connection, table):
                    continue
                query = f"DELETE FROM {table} WHERE thread_id = ?"  # noqa: S608 - our own names
                connection.executemany(query, [(thread,) for thread in threads])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return len(threads)


def _naming(connection: sqlite3.Connection, tables: list[tuple[str, str]], doc_id: str) -> set[str]:
    found: set[str] = set()
    for table, column in tables:
        query = f"SELECT DISTINCT thread_id FROM {table} WHERE instr({column}, ?)"  # noqa: S608 - our own names
        found |= {thread for (thread,) in connection.execute(query, (doc_id.encode(),))}
    return found


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, list[tuple[str, str]]]]:
    with sqlite_file(path, 10, secure_delete=True) as connection:
        yield connection, [place for place in _PLACES if _is_there(connection, place[0])]


def _is_there(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None
