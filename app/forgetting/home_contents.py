"""What the files of a data folder hold: as bytes, unpacked, and as the values and terms in them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

CHUNK = 16 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes one packed value may unpack to; what is longer is searched so far."""

_SQLITE = b"SQLite format 3\0"
SQLITE_NAMES = ".sqlite"
"""Stands in the name of each of our SQLite files, and of its log and its index of it."""

_COPY = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer, 1 << 20)"


class FilePart(NamedTuple):
    """Some bytes of a file. ``start``: their offset, where ``place`` is empty. ``column``: of a value."""

    place: str
    data: bytes
    table: str = ""
    column: str = ""
    start: int = 0


def home_files(home: Path, tenant: str) -> Iterator[Path]:
    """Every file below a data folder, but those of other tenants; links are not followed."""
    below = list(home.iterdir()) if home.is_dir() else []
    others = [one for one in below if one.name != tenant and (one / "registry.sqlite").exists()]
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_symlink() and not any(one in path.parents for one in others):
            yield path


def raw_pieces(path: Path, overlap: int) -> Iterator[FilePart]:
    """The file from end to end, in pieces that overlap by so many bytes; and unpacked, where it is packed."""
    with reading(path) as file:
        tail, at = b"", 0
        while read := file.read(CHUNK):
            yield FilePart("", tail + read, start=at - len(tail))
            if at == 0 and (unpacked := _unpacked(read)) is not None:
                yield FilePart("unpacked", unpacked)
            at += len(read)
            tail = read[-overlap:] if overlap else b""


def is_sqlite(path: Path) -> bool:
    with suppress(OSError), reading(path) as file:
        return file.read(len(_SQLITE)) == _SQLITE
    return False


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, from its beginning. Raises ``FileNotFoundError``.

    Those of a SQLite file, or one beside it, come from a process of their own: closing it in this one would
    drop the locks that connections hold on it, and others would then damage it.
    """
    if SQLITE_NAMES not in path.name:
        with path.open("rb") as file:
            yield file
        return
    path.stat()
    command = [sys.executable, "-I", "-S", "-c", _COPY, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        if child.stdout is None:
            raise OSError("the process that reads a file has no output")
        try:
            yield cast(BinaryIO, child.stdout)
            whole = not child.stdout.read(1)
        except BaseException:
            child.kill()
            raise
        finally:
            child.stdout.close()
        if not whole:
            child.kill()
        elif child.wait():
            # Nothing may be taken for searched that was not read to its end.
            raise OSError(f"{path.name} could not be read") if path.exists() else FileNotFoundError(path)


def values(path: Path) -> Iterator[FilePart]:
    """Every text and blob of every table of a SQLite file, and what packed blobs unpack to.

    Raises:
        sqlite3.Error: the file is damaged.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'"
        for (name,) in connection.execute(names).fetchall():
            table = name.decode("utf-8", "replace")
            with suppress(sqlite3.OperationalError):  # a virtual table whose module is not here
                yield from _values_of(connection, table)


def _values_of(connection: sqlite3.Connection, table: str) -> Iterator[FilePart]:
    quoted = '"' + table.replace('"', '""') + '"'
    rows = connection.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - a name of the file's own
    columns = [one[0] for one in rows.description]
    for number, row in enumerate(rows, 1):
        for column, value in zip(columns, row, strict=True):
            if not isinstance(value, bytes) or not value:
                continue
            place = f"{table}.{column}, row {number}"
            yield FilePart(place, value, table, column)
            if (unpacked := _unpacked(value)) is not None:
                yield FilePart(f"{place}, unpacked", unpacked, table, column)


def _unpacked(data: bytes) -> bytes | None:
    """What gzip, zlib or zstd data begin with; None for data of no such kind."""
    with suppress(OSError, EOFError, zlib.error, ImportError):
        if data.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MOST_UNPACKED)
        if data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0:
            return zlib.decompressobj().decompress(data, MOST_UNPACKED)
        if data.startswith(b"\x28\xb5\x2f\xfd"):
            return _from_zstd(data)
    return None


def _from_zstd(data: bytes) -> bytes | None:
    import zstandard

    with suppress(zstandard.ZstdError):
        found: bytes = zstandard.ZstdDecompressor().stream_reader(data).read(MOST_UNPACKED)
        return found
    return None
