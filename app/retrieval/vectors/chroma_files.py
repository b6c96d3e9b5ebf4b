"""The files of Chroma's graph, which hold more than vectors: their unused ends are whatever was in memory.

Chroma writes room for more vectors without clearing it, so pieces of the process's memory, texts among them,
reach the disk. The head of a graph (hnswlib's format, version 1): int32 version, then as uint64 an offset,
the vectors there is room for, those there are, and the bytes of each.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

_HEAD = struct.Struct("<iQQQQ")
_LENGTH_BYTES = 4
_MOST_CHECKED = 64_000_000


def clear_unused(folder: Path) -> int:
    """Overwrite what is behind the last vector with zeros; returns in how many files there was something.

    For the one process that writes, with Chroma closed. Files of another format are left alone.
    """
    changed = 0
    for head in folder.glob("*/header.bin"):
        read = head.read_bytes()[: _HEAD.size]
        if len(read) < _HEAD.size:
            continue
        version, offset, room, count, size = _HEAD.unpack(read)
        if version != 1 or offset or count > room:
            continue
        for name, each in (("data_level0.bin", size), ("length.bin", _LENGTH_BYTES)):
            path = head.with_name(name)
            if path.is_file() and path.stat().st_size == room * each:
                changed += _clear(path, count * each)
    return changed


def _clear(path: Path, start: int) -> bool:
    with path.open("r+b") as file:
        file.seek(start)
        rest = file.read()
        if not any(rest):
            return False
        file.seek(start)
        file.write(bytes(len(rest)))
    return True


def check_database(folder: Path) -> None:
    """See that Chroma's database is sound: of a damaged one Chroma ends the process, which nobody can catch.

    Not of one that is too large for it to be read at each opening.

    Raises:
        ValueError: it is damaged.
    """
    path = folder / "chroma.sqlite3"
    if not path.is_file() or path.stat().st_size > _MOST_CHECKED:
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            for table in ("migrations", "collections", "segments", "tenants", "databases"):
                connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - Chroma's own names
    except sqlite3.Error as error:
        raise ValueError(f"{path.name}: {error}") from error
    if found != "ok":
        raise ValueError(f"{path.name}: {found}".splitlines()[0])
