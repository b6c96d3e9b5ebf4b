"""The files of Chroma's graph, which hold more than vectors: their unused ends are whatever was in memory.

Chroma writes room for more vectors without clearing it, so pieces of the process's memory, texts among them,
reach the disk. The head of a graph (hnswlib's format, version 1): int32 version, then as uint64 an offset,
the vectors there is room for, those there are, and the bytes of each.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEAD = struct.Struct("<iQQQQ")
_LENGTH_BYTES = 4


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
