"""A file as it is uploaded: its hash, and its parts from wherever the server has got to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

PART = 4 * 1024 * 1024
"""Bytes that are sent at once."""

ROUNDS = 5
"""Connections that may break in a row before an upload is given up; it can be begun again, and goes on."""

Progress = Callable[[int, int], object]
"""Told the bytes that are there, and those of the whole."""


def sha256_and_size(path: Path) -> tuple[str, int]:
    """Raises ``OSError``: it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def part_at(path: Path, offset: int) -> bytes:
    """The part of the file that begins at ``offset``."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PART)
