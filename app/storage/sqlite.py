"""How a SQLite file is opened."""

from __future__ import annotations

import sqlite3
import time


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
