"""What holds a SQLite file open keeps its locks, whatever else this process does with the file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.forgetting.home_contents import is_sqlite, raw_pieces
from app.storage.private_files import make_private_file
from app.storage.sqlite import connect_file, sqlite_file

ANOTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM t").fetchone()[0])
connection.close()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    path = tmp_path / "kept.sqlite"
    with closing(connect_file(path, 5, write_ahead_log=True)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        yield path, connection


def opened_again(path: Path) -> None:
    with sqlite_file(path, 5, write_ahead_log=True) as connection:
        connection.execute("SELECT count(*) FROM t").fetchone()


def looked_at(path: Path) -> None:
    for one in sorted(path.parent.iterdir()):
        is_sqlite(one)
        assert list(raw_pieces(one, 0)) or one.stat().st_size == 0


@pytest.mark.parametrize("how", [make_private_file, opened_again, looked_at])
def test_another_process_does_not_take_the_log_away(
    held: tuple[Path, sqlite3.Connection], how: object
) -> None:
    """It would, when its last connection closes and nobody holds a lock: what is written then is lost."""
    path, connection = held
    assert callable(how)
    for number in range(1, 4):
        how(path)
        told = subprocess.run(
            [sys.executable, "-c", ANOTHER_PROCESS, str(path)], capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == str(number - 1)
        assert path.with_name(f"{path.name}-wal").exists(), "the log that this process writes to"
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()
    with closing(sqlite3.connect(path)) as fresh:
        assert fresh.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert fresh.execute("SELECT count(*) FROM t").fetchone() == (3,)
