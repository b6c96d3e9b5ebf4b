"""Make all of an index anew from the texts that the registry has."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.errors import PinciteError
from app.recovery.file_checks import check_files, registry_damage
from app.storage.cache_file import drop_cache

CACHES = ("embeddings.sqlite", "windows.sqlite", "parts.sqlite", "tokens.sqlite", "answer_cache.sqlite")


class RegistryDamagedError(PinciteError, RuntimeError):
    """The registry itself is damaged: there is nothing to rebuild an index from."""

    code = "registry-damaged"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made anew; ``dropped``: damaged caches, which fill again as they are used."""

    passages: int
    vectors: int
    dropped: Sequence[str]


def check_registry(path: Path) -> None:
    """See that the registry at ``path`` is whole.

    Raises:
        RegistryDamagedError: it is not; one line says what is lost and what can be done.
    """
    damage = registry_damage(path)
    if damage:
        what = damage.partition("; ")[0]
        raise RegistryDamagedError(
            f"the registry {path} is {what}, and an index is made of what it holds: move the folder "
            f"{path.parent} away and add the sources again{_sources(path)}; earlier versions and texts of "
            "removed documents are lost, the sources are not; put answers.sqlite, threads.sqlite "
            "and state.key back to keep answers and conversations"
        )


def refuse_lost_registry(path: Path) -> None:
    """See that the registry at ``path`` is not gone from a folder that has an index or answers.

    A new one would say that there are no documents, and nothing would say why.

    Raises:
        RegistryDamagedError: it is; one line says what can be done.
    """
    if path.is_file() and path.stat().st_size:
        return
    folder = path.parent
    left = [name for name in ("rows", "chroma") if any((folder / name).glob("*"))]
    left += [name for name in ("answers.sqlite", "threads.sqlite") if (folder / name).is_file()]
    if left:
        raise RegistryDamagedError(
            f"the registry {path} is gone, though {left[0]} is there: put it back; or move the folder "
            f"{folder} away, add the sources again, and put answers.sqlite, threads.sqlite and state.key back"
        )


def drop_damaged_caches(folder: Path) -> list[str]:
    """Delete the caches in a folder that are damaged; returns their names."""
    found = [check.name for check in check_files(folder) if check.damage and check.name in CACHES]
    for name in found:
        drop_cache(folder / name)
    return found


def _sources(path: Path) -> str:
    """The names of the sources, as far as a damaged registry still tells."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            query = "SELECT source, count(*) FROM documents GROUP BY source ORDER BY source LIMIT 20"
            found = [f"{source} ({count} documents)" for source, count in connection.execute(query)]
    except (sqlite3.Error, ValueError):
        return ""
    return f": {', '.join(found)}" if found else ""
