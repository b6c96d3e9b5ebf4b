"""A SQLite file of things that can be made again: losing it costs time, never an answer."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.sqlite import sqlite_file

logger = logging.getLogger(__name__)


def drop_cache(file: Path) -> bool:
    """Delete the file with its log; whether there was one."""
    there = file.exists()
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return there


@contextmanager
def open_cache(file: Path, table: str) -> Iterator[sqlite3.Connection]:
    """A connection to ``file``, made where it is not there yet, with ``table`` (an SQL definition) in it.

    A file that turns out to be damaged is deleted, and its error raised: the next call begins a new one.
    """
    try:
        with sqlite_file(file, 30, write_ahead_log=True, normal_sync=True) as connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            yield connection
    except sqlite3.DatabaseError as error:
        # Its subclasses are other things: a lock, a full disk.
        if type(error) is sqlite3.DatabaseError:
            logger.warning("%s was damaged (%s) and is made again", file, error)
            drop_cache(file)
        raise
