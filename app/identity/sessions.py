"""Log-ins on the pages: a cookie stands for a key that was shown, as long as the key is valid."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from app.identity.caller import AuthenticationError, Caller
from app.identity.keys import ApiKeyError, KeyStore
from app.storage.sqlite import sqlite_file

COOKIE = "pincite_session"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Over HTTPS: by this beginning a browser takes it from this host alone."""

_TABLE = """
CREATE TABLE IF NOT EXISTS sessions (hash TEXT PRIMARY KEY, key_id TEXT NOT NULL, ends_at TEXT NOT NULL)
"""


class SessionStore:
    """The sessions of a server, in the file of its keys; a session holds no name, only its key's id."""

    def __init__(self, path: Path, keys: KeyStore, most: timedelta, now: Callable[[], datetime]) -> None:
        self._path = path
        self._keys = keys
        self._most = most
        self._now = now

    def begin(self, key: str) -> tuple[str, Caller]:
        """A new session for who shows a key: its token, told this once, and who they are.

        Raises:
            AuthenticationError: the key is not valid.
        """
        caller = self._keys.caller(key)
        token = secrets.token_urlsafe(32)
        now = self._now()
        with self._opened() as connection, connection:
            connection.execute("DELETE FROM sessions WHERE ends_at <= ?", (now.isoformat(),))
            row = (_hash(token), caller.key, (now + self._most).isoformat())
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", row)
        return token, replace(caller, by="session")

    def caller(self, token: str) -> Caller | None:
        """Who logged in; None where the session, or its key, is no more."""
        if not self._path.exists():
            return None
        with self._opened() as connection:
            query = "SELECT key_id FROM sessions WHERE hash = ? AND ends_at > ?"
            row = connection.execute(query, (_hash(token), self._now().isoformat())).fetchone()
        if row is None:
            return None
        try:
            return replace(self._keys.caller_of(row[0]), by="session")
        except AuthenticationError:
            return None

    def end(self, token: str) -> None:
        """Log out."""
        if self._path.exists():
            with self._opened() as connection, connection:
                connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with sqlite_file(self._path, 10, secure_delete=True, write_ahead_log=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise ApiKeyError(
                f"the keys in {self._path} cannot be used ({error}); move the file away"
            ) from error


def session_cookie(headers: Mapping[str, str]) -> str:
    """The session's token that a request shows; empty where it shows none.

    >>> session_cookie({"cookie": "a=b; pincite_session=t1"}), session_cookie({})
    ('t1', '')
    >>> session_cookie({"cookie": "pincite_session=other; __Host-pincite_session=own"})
    'own'
    """
    found: dict[str, str] = {}
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, value)
    return found.get(SECURE_COOKIE) or found.get(COOKIE, "")


def _hash(token: str) -> str:
    # 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
