"""Looking at a data folder from outside while a process writes to it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path


def wait_for(happened: Callable[[], bool], give_up_s: float = 30) -> None:
    end = time.monotonic() + give_up_s
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def documents_in(home: Path) -> int:
    """How many documents the registry holds; 0 while there is none."""
    path = home / "default" / "registry.sqlite"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path, timeout=30)
    try:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0
    finally:
        connection.close()
