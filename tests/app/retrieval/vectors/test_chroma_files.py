"""The unused ends of Chroma's files are cleared, and nothing else of them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from app.retrieval.vectors.chroma_files import clear_unused


def graph(folder: Path, room: int, count: int, size: int = 20, version: int = 1) -> Path:
    folder.mkdir()
    (folder / "header.bin").write_bytes(struct.pack("<iQQQQ", version, 0, room, count, size) + b"more")
    (folder / "data_level0.bin").write_bytes(
        b"v" * size * count + b"secret words of memory"[:20] * (room - count)
    )
    (folder / "length.bin").write_bytes(b"llll" * count + b"word" * (room - count))
    return folder


@pytest.mark.parametrize("count", [0, 3, 5])
def test_what_is_behind_the_last_vector_becomes_zeros(tmp_path: Path, count: int) -> None:
    folder = graph(tmp_path / "graph", 5, count)
    assert clear_unused(tmp_path) == (0 if count == 5 else 2)
    assert (folder / "data_level0.bin").read_bytes() == b"v" * 20 * count + bytes(20 * (5 - count))
    assert (folder / "length.bin").read_bytes() == b"llll" * count + bytes(4 * (5 - count))
    assert clear_unused(tmp_path) == 0


def test_files_of_another_format_are_left_alone(tmp_path: Path) -> None:
    for name, folder in {
        "version": graph(tmp_path / "a", 5, 2, version=2),
        "count": graph(tmp_path / "b", 2, 2),
    }.items():
        if name == "count":
            (folder / "header.bin").write_bytes(struct.pack("<iQQQQ", 1, 0, 2, 7, 20))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "header.bin").write_bytes(b"short")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.bin")}
    assert clear_unused(tmp_path) == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.bin")} == before
