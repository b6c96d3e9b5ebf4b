"""A minimal OLE container ([MS-CFB] version 3), since no library here writes one."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI = 512, 64
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole_file(streams: Mapping[str, bytes]) -> bytes:
    """A container of small streams; ``folder/name`` is a stream in a storage. Each is under 4096 bytes."""
    names: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: dict[int, list[int]] = {0: []}
    for path, content in streams.items():
        folder, _, name = path.rpartition("/")
        parent = 0
        if folder:
            known = [index for index, entry in enumerate(names) if entry[:2] == (folder, 1)]
            if not known:
                children[0].append(len(names))
                children[len(names)] = []
                known = [len(names)]
                names.append((folder, 1, b""))
            parent = known[0]
        children[parent].append(len(names))
        names.append((name, 2, content))
    mini = b""
    mini_fat: list[int] = []
    starts: dict[int, int] = {}
    for index, (_, kind, content) in enumerate(names):
        if kind == 2 and content:
            starts[index] = len(mini_fat)
            count = -(-len(content) // _MINI)
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), _END]
            mini += content.ljust(count * _MINI, b"\0")
    entries = []
    for index, (name, kind, content) in enumerate(names):
        # Siblings as a chain to the right: no balanced tree is needed to be read.
        siblings = next((group for group in children.values() if index in group), [])
        after = siblings[siblings.index(index) + 1 :] if siblings else []
        start, size = (starts.get(index, _END), len(content)) if index else (-1, len(mini))
        entries.append(
            (name, kind, after[0] if after else _FREE, (children.get(index) or [_FREE])[0], start, size)
        )
    return _assembled(entries, mini, mini_fat)


def _assembled(entries: list[tuple[str, int, int, int, int, int]], mini: bytes, mini_fat: list[int]) -> bytes:
    directory_size = -(-len(entries) * 128 // _SECTOR)
    mini_fat_size = -(-len(mini_fat) * 4 // _SECTOR)
    mini_size = -(-len(mini) // _SECTOR)
    first_mini_fat, first_mini = 1 + directory_size, 1 + directory_size + mini_fat_size
    fat = [
        _FAT,
        *_chain(1, directory_size),
        *_chain(first_mini_fat, mini_fat_size),
        *_chain(first_mini, mini_size),
    ]
    directory = b""
    for name, kind, right, child, start, size in entries:
        encoded = (name + "\0").encode("utf-16-le")
        directory += encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
        directory += struct.pack("<III", _FREE, right, child) + b"\0" * 36
        directory += struct.pack("<IQ", first_mini if start == -1 else start, size)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, first_mini_fat, mini_fat_size, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    body = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    body += directory.ljust(directory_size * _SECTOR, b"\0")
    body += struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(mini_fat_size * _SECTOR, b"\xff")
    return header + body + mini.ljust(mini_size * _SECTOR, b"\0")


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END] if count else []
