"""What stands in stored answers and conversations because their owner wrote it: that is theirs, and stays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

_THEIR_FIELDS = frozenset(("question", "asked", "user"))
_THEIR_CHANNELS = ("question", "asked")
_THEIR_COLUMNS = frozenset(
    {
        ("answers", "question"),
        ("answers", "user"),
        ("conversations", "user"),
        ("conversations", "name"),
        ("questions", "user"),
    }
)
_NOT_THEIRS = frozenset(("metadata", "evidence", "retrieved", "citations", "nearest", "excerpts"))
"""Fields whose insides a document named."""

_OURS = frozenset(("answers", "checkpoints", "writes"))


class AskersWords:
    """Of one SQLite file of the data folder."""

    def __init__(self, file: Path) -> None:
        self._said = set(_said_in(file))

    def rest(self, table: str, column: str, value: bytes) -> bytes:
        """A value of a table without what askers wrote: the rest may hold another's words only wrongly."""
        if (table, column) in _THEIR_COLUMNS:
            return b""
        if table not in _OURS or (data := unpacked(value)) is None:
            return value
        said = self._said | set(_said(data))
        return "\0".join(one for one in _every(data) if one not in said).encode("utf-8", "replace")


def unpacked(value: bytes) -> Any:
    """JSON or what LangGraph packed, as plain data; None where it is neither.

    No class is made: an object is the list of its module, class, fields and method.
    """
    import ormsgpack

    def plain(_code: int, data: bytes) -> Any:
        return ormsgpack.unpackb(data, ext_hook=plain)

    with suppress(ValueError):
        found = json.loads(value)
        return found if isinstance(found, dict | list) else [found]
    with suppress(ormsgpack.MsgpackDecodeError):
        found = ormsgpack.unpackb(value, ext_hook=plain)
        return found if isinstance(found, dict | list) else [found]
    return None


def texts_in(data: Any) -> Iterator[str]:
    """Every text in plain data."""
    return _every(data)


def _said_in(file: Path) -> Iterator[str]:
    """What askers wrote in the conversations of a file; a damaged one, or one of another kind, has none."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for (value,) in connection.execute("SELECT checkpoint FROM checkpoints"):
            yield from _said(unpacked(value))
        marks = ", ".join("?" * len(_THEIR_CHANNELS))
        query = f"SELECT value FROM writes WHERE channel IN ({marks}) AND value IS NOT NULL"  # noqa: S608
        for (value,) in connection.execute(query, _THEIR_CHANNELS):
            yield from _every(unpacked(value))


def _said(data: Any) -> Iterator[str]:
    """Questions, and the messages of people."""
    if isinstance(data, dict):
        human = data.get("type") == "human"
        for key, value in data.items():
            if key in _THEIR_FIELDS or (human and key == "content"):
                yield from _every(value)
            elif key not in _NOT_THEIRS:
                yield from _said(value)
    elif isinstance(data, list):
        for value in data:
            yield from _said(value)


def _every(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _every(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _every(value)
