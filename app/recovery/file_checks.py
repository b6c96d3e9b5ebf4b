"""Every file of a tenant's folder, looked at by itself: what is damaged, and what to do about it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.forgetting.askers_words import unpacked
from app.observability.receipt_signature import KEY_FILE
from app.storage.kept_key import KEY_BYTES

AGAIN = "run: pincite rebuild"
_AWAY = "move the file away"
_KEYS = {
    "state.key": "delete it, and ask what was being answered anew",
    KEY_FILE: "delete it: another is made, and what was signed before is checked with its public key alone",
}


@dataclass(frozen=True, slots=True)
class FileCheck:
    """One file; ``damage`` is empty where nothing is wrong, else one line with what to do."""

    name: str
    damage: str = ""


def check_files(folder: Path) -> Iterator[FileCheck]:
    """Every file in a tenant's folder, but the index's (``app.recovery.index_checks``) and locks."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() or path.name.endswith((".lock", "-wal", "-shm", ".part")):
            continue
        yield FileCheck(path.name, _damage(path))


def registry_damage(path: Path) -> str:
    """What is wrong with a registry's file; empty for one that is sound, or not there."""
    return _damage(path) if path.exists() else ""


def _damage(path: Path) -> str:
    if path.suffix == ".sqlite":
        look, remedy = _DATABASES.get(path.name, (_nothing_more, _AWAY))
        try:
            found = _of_database(path, look)
        except (sqlite3.Error, OSError, ValueError) as error:
            found = str(error).splitlines()[0] if str(error) else type(error).__name__
        return f"damaged ({found}); {remedy}" if found else ""
    if path.name in _KEYS:
        wrong = path.stat().st_size != KEY_BYTES
        return f"damaged; {_KEYS[path.name]}" if wrong else ""
    if path.name == "pages.json":
        try:
            json.loads(path.read_bytes())
        except ValueError:
            return "damaged; delete it: pages are then fetched in full"
    if path.name.startswith("forgetting-"):
        return "a run was killed at forgetting; run: pincite forget"
    return ""


def _of_database(path: Path, look: Callable[[sqlite3.Connection], str]) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        return str(found).splitlines()[0] if found != "ok" else look(connection)


def _nothing_more(_connection: sqlite3.Connection) -> str:
    return ""


def _texts(connection: sqlite3.Connection) -> str:
    """Each stored text has its version's sha256, and each passage stands in it."""
    connection.text_factory = bytes
    for doc_id, version, text in connection.execute("SELECT doc_id, version, text FROM versions"):
        if hashlib.sha256(text).hexdigest().encode() != version:
            return f"the text of {doc_id.decode('utf-8', 'replace')} is not what was stored"
    for (passage,) in connection.execute("SELECT text FROM passages"):
        passage.decode("utf-8")
    for (metadata,) in connection.execute("SELECT metadata FROM documents"):
        json.loads(metadata)
    return ""


def _answers(connection: sqlite3.Connection) -> str:
    for answer_id, answer in connection.execute("SELECT id, answer FROM answers"):
        try:
            json.loads(answer)
        except ValueError:
            return f"answer {answer_id} cannot be read"
    return ""


def _turns(connection: sqlite3.Connection) -> str:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, column in (("checkpoints", "checkpoint"), ("writes", "value")):
        if table not in tables:
            continue
        query = f"SELECT {column} FROM {table} WHERE type = 'msgpack'"  # noqa: S608 - our own names
        for (value,) in connection.execute(query):
            if unpacked(value) is None:
                return "a turn cannot be read"
    return ""


_LOST = "what it holds is lost then, and answering goes on"
_DATABASES: dict[str, tuple[Callable[[sqlite3.Connection], str], str]] = {
    "registry.sqlite": (_texts, f"{AGAIN}, which says what can be done"),
    "answers.sqlite": (_answers, f"{_AWAY}: {_LOST}"),
    "threads.sqlite": (_turns, f"{_AWAY}: {_LOST}"),
    "questions.sqlite": (_nothing_more, f"{_AWAY}: {_LOST}"),
    "keys.sqlite": (_nothing_more, f"{_AWAY}, and make new keys"),
    "audit.sqlite": (_nothing_more, f"{_AWAY}: {_LOST}"),
    "ledger.sqlite": (_nothing_more, f"{_AWAY}: budgets then begin anew"),
    "jobs.sqlite": (_nothing_more, f"{_AWAY}: the queue and the schedule are lost then, documents are not"),
    **{
        f"{name}.sqlite": (_nothing_more, f"{AGAIN}, or delete it: it is made again")
        for name in ("embeddings", "windows", "parts", "tokens", "answer_cache")
    },
}
