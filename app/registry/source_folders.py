"""Which folders the files of a source were found in: where a document's own file may still be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from sqlalchemy import select

from app.registry.registry import DocumentRecord, Registry
from app.registry.schema import state

_OF = "folders of "
MOST = 20
"""Folders of one source that are remembered, the newest first; a source mostly has one."""


def remember_folders(registry: Registry, source: str, folders: Iterable[Path]) -> None:
    """Put these before those that are known. Call it while the index is written to."""
    known = _folders(registry, source)
    now = list(dict.fromkeys([*(str(one) for one in folders), *known]))[:MOST]
    if now != known:
        registry.set_state(_key(source), json.dumps(now))


def possible_files(registry: Registry, record: DocumentRecord) -> list[Path]:
    """Where the file of a document may be: by its ``file://`` address, or below the folders of its source.
    Whether it is there, and still the same, is for the caller to see."""
    address = urlsplit(record.uri)
    if address.scheme == "file":
        return [Path(url2pathname(address.path))]
    if address.scheme != "source":
        return []
    below = unquote_to_bytes(address.path.removeprefix("/")).decode("utf-8", "surrogateescape")
    found = []
    for folder in map(Path, _folders(registry, record.source)):
        path = folder / below
        if ".." not in Path(below).parts and path.resolve().is_relative_to(folder.resolve()):
            found.append(path)
    return found


def forget_folders(registry: Registry, has_words: Callable[[str], bool]) -> int:
    """Remember no folder whose path has words that must go; how many there were. The files of its documents
    are found again once the folder is added again."""
    gone = 0
    with registry.engine.connect() as connection:
        known = connection.execute(select(state.c.key, state.c.value).where(state.c.key.startswith(_OF)))
        rows = [(str(key), list[str](json.loads(value))) for key, value in known]
    for key, folders in rows:
        left = [one for one in folders if not has_words(one)]
        if left != folders:
            registry.set_state(key, json.dumps(left))
            gone += len(folders) - len(left)
    return gone


def _folders(registry: Registry, source: str) -> list[str]:
    return list(json.loads(registry.state(_key(source)) or "[]"))


def _key(source: str) -> str:
    return f"{_OF}{source}"
