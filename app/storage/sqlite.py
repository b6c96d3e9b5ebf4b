"""How a SQLite file is opened."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from app.storage.private_files import make_private_file


def use_write_ahead_log(connection: sqlite3.Connection, patience_s: float = 10.0) -> None:
    """Switch the file to a write-ahead log, where that is not done yet.

    SQLite does not wait for this lock, so two processes that open a new file together would see it fail.
    """
    end = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


@contextmanager
def sqlite_file(
    path: Path, patience_s: float, *, autocommit: bool = False, **how: bool
) -> Iterator[sqlite3.Connection]:
    """A connection for the length of a ``with`` block; ``how`` as in ``prepare``."""
    with closing(connect_file(path, patience_s, autocommit=autocommit, **how)) as connection:
        yield connection


def connect_file(
    path: Path, patience_s: float, *, autocommit: bool = False, any_thread: bool = False, **how: bool
) -> sqlite3.Connection:
    """A connection to the file at ``path``, made with its folder, for its owner alone, where it is not there;
    to be closed.

    It waits ``patience_s`` seconds for another's lock. With ``autocommit`` a transaction is begun by hand.
    """
    # SQLite gives the files beside it the same mode.
    make_private_file(path)
    level: Literal["DEFERRED"] | None = None if autocommit else "DEFERRED"
    connection = sqlite3.connect(
        path, timeout=patience_s, isolation_level=level, check_same_thread=not any_thread
    )
    try:
        prepare(connection, **how)
    except BaseException:
        connection.close()
        raise
    return connection


def write_anew(connection: sqlite3.Connection) -> bool:
    """Write the whole file anew: deleted words stay in the unused ends of pages, ``secure_delete`` or not.

    And empty its write-ahead log. False where that could not be emptied, since somebody is reading.
    """
    connection.commit()
    before = connection.isolation_level
    connection.isolation_level = None
    try:
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.isolation_level = before
    return not busy


def prepare(
    connection: sqlite3.Connection,
    *,
    foreign_keys: bool = False,
    secure_delete: bool = False,
    write_ahead_log: bool = False,
    normal_sync: bool = False,
) -> None:
    """Set what a connection of ours has. ``secure_delete``: what is deleted is overwritten with zeros.

    ``normal_sync``, for a write-ahead log: a power cut may undo the last writes, but damages nothing.
    """
    if foreign_keys:
        connection.execute("PRAGMA foreign_keys=ON")
    if secure_delete:
        connection.execute("PRAGMA secure_delete=ON")
    if write_ahead_log:
        use_write_ahead_log(connection)
    if normal_sync:
        connection.execute("PRAGMA synchronous=NORMAL")
