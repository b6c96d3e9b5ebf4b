"""Checksums of the index's files, noted in the registry when a run of writes ends."""

from __future__ import annotations

import zlib
from pathlib import Path

from app.registry.registry import Registry

_KEY = "checksum of "
_BLOCK = 1 << 20
_PASSED_OVER = (".lock", ".managed.json", ".part")
"""Endings of files that hold nothing of the index."""


def folder_digest(folder: Path) -> str:
    """A CRC-32 over the names and bytes of a folder's files: against damage, not against forgery."""
    found = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and not path.name.endswith(_PASSED_OVER):
            found = zlib.crc32(path.name.encode(), found)
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    found = zlib.crc32(block, found)
    return f"{found:08x}"


def forget_digests(registry: Registry, folders: list[Path]) -> None:
    """Before anything is written: from now on there is nothing to compare with."""
    for folder in folders:
        if registry.state(_KEY + folder.name):
            registry.set_state(_KEY + folder.name, "")


def note_digests(registry: Registry, folders: list[Path]) -> None:
    """After everything is written."""
    for folder in folders:
        registry.set_state(_KEY + folder.name, f"{registry.generation()} {folder_digest(folder)}")


def is_altered(registry: Registry, folder: Path) -> bool:
    """Whether a folder's files are not those that were written; False where that is not known.

    A writer that is at work meanwhile has taken the note away first.
    """
    noted = registry.state(_KEY + folder.name) or ""
    generation, _, digest = noted.partition(" ")
    if generation != str(registry.generation()):
        return False
    try:
        altered = folder_digest(folder) != digest
    except FileNotFoundError:
        altered = True
    return altered and registry.state(_KEY + folder.name) == noted
