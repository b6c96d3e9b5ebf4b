"""Drafts of answers to questions that were asked before, word for word, by somebody with the same rights."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.storage.sqlite import sqlite_file, use_write_ahead_log

logger = logging.getLogger(__name__)

FORMAT = 1

_TABLE = """
CREATE TABLE drafts (
    key TEXT PRIMARY KEY, generation INTEGER NOT NULL, value TEXT NOT NULL, bytes INTEGER NOT NULL,
    stored_at REAL NOT NULL, used_at REAL NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKey:
    """Everything that may change an answer. No field has a default, so none can be left out.

    ``question`` stands alone (what the conversation adds is in it); ``groups`` are the asker's rights, in
    any order; ``settings`` is their fingerprint, ``prompt`` the hash of the prompt as it is sent; ``context``
    is what differs from run to run (``graphs.state.AskContext`` but for who asks). The tenant is part of it
    although each has a file of its own.
    """

    tenant: str
    question: str
    filters: Mapping[str, Any]
    groups: Sequence[str]
    generation: int
    prompt: str
    models: Sequence[str]
    settings: str
    context: Mapping[str, Any]

    def digest(self) -> str:
        """A sha256 over all of it.

        Raises:
            TypeError, ValueError: a filter or the context holds what is no JSON: no key is better than a
                wrong one.
        """
        everything = {
            **asdict(self),
            "groups": sorted(set(self.groups)),
            "models": list(self.models),
            "format": FORMAT,
        }
        shown = json.dumps(everything, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


class AnswerCache:
    """Drafts in one SQLite file, bounded in number, bytes and age; those unused for longest go first.

    What is found here is a draft: it is to be cited, checked and released like any other. A cache that cannot
    be read is as good as an empty one, and costs a logged warning. Drafts of another generation of the index
    than the last one seen are deleted: their documents may be gone.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], float],
        *,
        max_drafts: int,
        max_age_s: float,
        max_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._path = path
        self._now = now
        self._max_drafts = max_drafts
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s

    def get(self, key: DraftKey) -> Any | None:
        """The JSON value stored under ``key``; None where there is none, or it is too old."""
        if not self._path.exists():
            return None
        digest = key.digest()
        query = "SELECT value FROM drafts WHERE key = ? AND generation = ? AND stored_at > ?"
        try:
            with self._opened() as connection:
                oldest = self._now() - self._max_age_s
                row = connection.execute(query, (digest, key.generation, oldest)).fetchone()
                if row is None:
                    return None
                connection.execute("UPDATE drafts SET used_at = ? WHERE key = ?", (self._now(), digest))
                return json.loads(row[0])
        except (sqlite3.Error, ValueError) as error:
            logger.warning("the answer cache cannot be read: %s", error, exc_info=error)
            return None

    def put(self, key: DraftKey, value: Any) -> None:
        """Store a JSON value, in the place of the one that may be there.

        Raises:
            TypeError, ValueError: the value is no JSON.
        """
        digest, text = key.digest(), json.dumps(value, ensure_ascii=False, allow_nan=False)
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > self._max_bytes:
            return
        row = (digest, key.generation, text, size, self._now(), self._now())
        try:
            with self._opened() as connection:
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)
                    self._shrink(connection, key.generation)
        except (sqlite3.Error, OSError) as error:
            logger.warning("an answer could not be cached: %s", error, exc_info=error)

    def keep_only(self, generation: int) -> None:
        """Delete drafts of other generations of the index, and too old ones; a damaged file goes as a whole.

        Raises:
            OSError: the damaged file cannot be deleted.
        """
        if not self._path.exists():
            return
        try:
            with self._opened() as connection:
                query = "DELETE FROM drafts WHERE generation <> ? OR stored_at <= ?"
                if connection.execute(query, (generation, self._now() - self._max_age_s)).rowcount:
                    # Deleted words would stay readable in the write-ahead log.
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete all drafts. Raises ``OSError`` as ``keep_only`` does."""
        self.keep_only(-1)

    def _shrink(self, connection: sqlite3.Connection, generation: int) -> None:
        oldest = self._now() - self._max_age_s
        # A question that was asked before the last change may end after it: newer generations stay.
        connection.execute("DELETE FROM drafts WHERE generation < ? OR stored_at <= ?", (generation, oldest))
        # Newest use first; what is beyond either bound goes.
        beyond = """
            DELETE FROM drafts WHERE key IN (
                SELECT key FROM (
                    SELECT key, row_number() OVER used AS place, sum(bytes) OVER used AS total
                    FROM drafts WINDOW used AS (ORDER BY used_at DESC, rowid DESC)
                ) WHERE place > ? OR total > ?
            )
        """
        connection.execute(beyond, (self._max_drafts, self._max_bytes))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with sqlite_file(self._path, 5, autocommit=True, secure_delete=True) as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found == 0:
                use_write_ahead_log(connection)
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    found = connection.execute("PRAGMA user_version").fetchone()[0]
                    if found == 0:
                        connection.execute(_TABLE)
                        connection.execute(f"PRAGMA user_version={FORMAT}")
                        found = FORMAT
            if found != FORMAT:
                raise sqlite3.DatabaseError(f"it has format {found}, this Pincite reads {FORMAT}")
            connection.execute("PRAGMA synchronous=NORMAL")
            yield connection
