"""Rows of a cache file: a key, and some bytes that can be made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")

VECTORS = "vectors (key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)"
"""The table, for ``open_cache``."""

_AT_ONCE = 256


def read_rows(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """Those of the keys that are there."""
    found: dict[bytes, bytes] = {}
    for some in in_parts(keys):
        marks = ",".join("?" * len(some))
        found.update(connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some))  # noqa: S608
    return found


def write_rows(connection: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Keep the rows, which replace those of the same key; all or none."""
    with connection:
        connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)


def forget_rows(connection: sqlite3.Connection, all_but: int) -> None:
    """Delete all but so many of the newest."""
    with connection:
        last = connection.execute("SELECT max(rowid) FROM vectors").fetchone()[0] or 0
        connection.execute("DELETE FROM vectors WHERE rowid <= ?", (last - all_but,))


def keep_rows(connection: sqlite3.Connection, keys: Iterable[bytes]) -> int:
    """Delete all but those of these keys; returns how many went."""
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("CREATE TEMP TABLE wanted (key BLOB PRIMARY KEY) WITHOUT ROWID")
    with connection:
        connection.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((key,) for key in keys))
        count = connection.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM wanted)").rowcount
    connection.execute("DROP TABLE wanted")
    return count


def in_parts(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Parts of some hundred items: as many as one statement takes, and as are worth keeping at once."""
    for first in range(0, len(items), _AT_ONCE):
        yield items[first : first + _AT_ONCE]
