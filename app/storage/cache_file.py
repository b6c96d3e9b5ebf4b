"""A SQLite file of things that can be made again: losing it costs time, never an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def open_cache(file: Path, table: str) -> Iterator[sqlite3.Connection]:
    """A connection to ``file``, made where it is not there yet, with ``table`` (an SQL definition) in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        yield connection
