"""Conversations that their owner lets others of the tenant read, by a link."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.conversations.store import ConversationError, ConversationStore, thread_of

_TABLE = """
CREATE TABLE IF NOT EXISTS shares (
    id TEXT PRIMARY KEY, thread_id TEXT NOT NULL UNIQUE, turns INTEGER NOT NULL, made_at TEXT NOT NULL
)
"""
_FOUND = """
SELECT s.id, c.user, c.name, s.turns, s.made_at FROM shares s
JOIN conversations c ON c.thread_id = s.thread_id AND s.made_at >= c.begun_at
"""
"""A share whose conversation is gone is none, nor is one of an earlier conversation of the same name."""


class NoSuchShareError(ConversationError):
    """No link of this name is open for who asks; whether there was one is not said."""

    code = "no-such-share"
    status = 404


@dataclass(frozen=True, slots=True)
class Share:
    """``id`` cannot be guessed; ``turns``: how many of the conversation's questions and answers are shared,
    from its beginning; ``made_at`` an ISO time in UTC."""

    id: str
    user: str
    name: str
    turns: int
    made_at: str


class ShareStore:
    """The shares of one tenant, in the file of its conversations and gone with them."""

    def __init__(self, conversations: ConversationStore, now: Callable[[], datetime]) -> None:
        self._conversations = conversations
        self._now = now

    def make(self, user: str, name: str, turns: int) -> Share:
        """Share the first ``turns`` messages of a person's conversation; again, the link stays and shows what
        was said since. Raises ``ConversationError``."""
        self._conversations.find(user, name)
        row = (secrets.token_urlsafe(24), thread_of(user, name), turns, self._now().isoformat())
        with self._opened() as connection, connection:
            connection.execute(
                "INSERT INTO shares VALUES (?, ?, ?, ?) ON CONFLICT (thread_id) DO UPDATE"
                " SET turns = excluded.turns, made_at = excluded.made_at,"
                # One that was left of an earlier conversation of that name does not open this one.
                " id = CASE WHEN made_at >= (SELECT begun_at FROM conversations c"
                " WHERE c.thread_id = shares.thread_id) THEN id ELSE excluded.id END",
                row,
            )
        share = self.of(user, name)
        if share is None:
            raise NoSuchShareError("the conversation was deleted meanwhile")
        return share

    def of(self, user: str, name: str) -> Share | None:
        """The share of a person's conversation; None where there is none."""
        return next((one for one in self.list(user) if one.name == name), None)

    def list(self, user: str) -> list[Share]:
        """A person's shares, the newest first."""
        if not self._conversations.is_there:
            return []
        with self._opened() as connection:
            query = f"{_FOUND} WHERE c.user = ? ORDER BY s.made_at DESC, s.id"
            return [Share(*row) for row in connection.execute(query, (user,))]

    def find(self, share_id: str) -> Share:
        """Whoever's share. Raises ``NoSuchShareError``."""
        if self._conversations.is_there:
            with self._opened() as connection:
                row = connection.execute(f"{_FOUND} WHERE s.id = ?", (share_id,)).fetchone()
            if row is not None:
                return Share(*row)
        raise NoSuchShareError("there is no such shared conversation, or its owner ended the sharing")

    def end(self, user: str, share_id: str) -> None:
        """End a share of a person's own. Raises ``NoSuchShareError``."""
        if self.find(share_id).user != user:
            raise NoSuchShareError("you share no conversation by that name")
        with self._opened() as connection, connection:
            connection.execute("DELETE FROM shares WHERE id = ?", (share_id,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._conversations.opened() as connection:
            connection.execute(_TABLE)
            yield connection
