"""Runs that wait for a person's approval, kept beside the conversations until who holds the token goes on.

A run's state is on disk from when it stops until it goes on, and at no other time. It expires, and is
forgotten with a document it names, as any conversation is.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from app.conversations.checkpoints import open_checkpoints
from app.conversations.store import ConversationStore, thread_of
from app.errors import PinciteError
from app.storage.sqlite import sqlite_file

MOST_WAITING = 1000

_TABLE = """
CREATE TABLE IF NOT EXISTS waiting (
    id TEXT PRIMARY KEY, token TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, context TEXT NOT NULL,
    asked_at TEXT NOT NULL
)
"""

_GONE = "no question of yours waits under this id and token, or it was decided about already; ask it again"


class NothingWaitsError(PinciteError, LookupError):
    """No such run waits. Whether there was one is nobody else's to know."""

    code = "approval"
    status = 404


@dataclass(frozen=True, slots=True)
class Ticket:
    """``token``: whoever holds it goes on with the run, once. It is kept nowhere, only its hash."""

    id: str
    token: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class WaitingState:
    """``context``: what the run was asked with, as JSON data."""

    saved: CheckpointTuple
    context: Mapping[str, Any]


class WaitingStore:
    """The waiting runs of one tenant, in the file of its conversations."""

    def __init__(
        self, conversations: ConversationStore, path: Path, keep_days: int, now: Callable[[], datetime]
    ) -> None:
        self._conversations = conversations
        self._path = path
        self._keep = timedelta(days=keep_days)
        self._now = now

    def put(self, user: str, context: Mapping[str, Any], saved: CheckpointTuple) -> Ticket | None:
        """Keep a run; None where so many wait already that nobody could be asked about one more."""
        ticket, token = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
        now = self._now()
        name = f"waiting {_hash(token)[:24]}"
        with self._opened() as connection, connection:
            # One transaction: two runs cannot both be the last that there is room for.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "DELETE FROM waiting WHERE asked_at < ? OR name NOT IN (SELECT name FROM conversations)",
                ((now - self._keep).isoformat(),),
            )
            (count,) = connection.execute("SELECT count(*) FROM waiting").fetchone()
            if count >= MOST_WAITING:
                return None
            row = (ticket, _hash(token), user, name, json.dumps(dict(context)), now.isoformat())
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                (thread_of(user, name), user, name, now.isoformat(), now.isoformat()),
            )
            connection.execute("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?)", row)
        with closing_saver(self._path) as saver:
            copy_checkpoint(saver, saved, thread_of(user, name))
        return Ticket(ticket, token, (now + self._keep).isoformat())

    def find(self, user: str, ticket: str, token: str) -> WaitingState:
        """A waiting run, which goes on waiting. Raises ``NothingWaitsError``."""
        with self._opened() as connection:
            name, context = self._row(connection, user, ticket, token)
        return self._read(user, name, context)

    def take(self, user: str, ticket: str, token: str) -> WaitingState:
        """A waiting run, which waits no more; of two who ask one gets it. Raises ``NothingWaitsError``."""
        with self._opened() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            name, context = self._row(connection, user, ticket, token)
            connection.execute("DELETE FROM waiting WHERE id = ?", (ticket,))
        found = self._read(user, name, context)
        self._conversations.delete(user, name)
        return found

    def _row(self, connection: sqlite3.Connection, user: str, ticket: str, token: str) -> tuple[str, str]:
        query = "SELECT token, user, name, context, asked_at FROM waiting WHERE id = ?"
        row = connection.execute(query, (ticket,)).fetchone()
        known, asker, name, context, asked_at = row or ("", "", "", "", "")
        held = secrets.compare_digest(known, _hash(token))
        if not held or asker != user or asked_at < (self._now() - self._keep).isoformat():
            raise NothingWaitsError(_GONE)
        return name, context

    def _read(self, user: str, name: str, context: str) -> WaitingState:
        config: RunnableConfig = {"configurable": {"thread_id": thread_of(user, name), "checkpoint_ns": ""}}
        with closing_saver(self._path) as saver:
            saved = saver.get_tuple(config)
        if saved is None:  # a document that it named was forgotten meanwhile
            raise NothingWaitsError(_GONE)
        return WaitingState(saved, json.loads(context))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._conversations.prepare()
        with sqlite_file(
            self._path, 30, autocommit=True, secure_delete=True, write_ahead_log=True
        ) as connection:
            connection.execute(_TABLE)
            yield connection


def copy_checkpoint(saver: BaseCheckpointSaver[Any], saved: CheckpointTuple, thread: str) -> None:
    """Write one checkpoint with what is pending after it into another saver, as the first of ``thread``."""
    config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    versions = saved.checkpoint["channel_versions"]
    kept = saver.put(config, saved.checkpoint, saved.metadata, versions)
    by_task: dict[str, list[tuple[str, Any]]] = {}
    for task, channel, value in saved.pending_writes or ():
        by_task.setdefault(task, []).append((channel, value))
    for task, writes in by_task.items():
        saver.put_writes(kept, writes, task)


@contextmanager
def closing_saver(path: Path) -> Iterator[Any]:
    """LangGraph's saver over the file, for the length of a ``with`` block."""
    saver = open_checkpoints(path)
    with closing(saver.conn):
        yield saver


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
