"""What readers think of answers, kept beside the answers and gone with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.answers.store import AnswerStore, AnswerStoreError, NoSuchAnswerError
from app.storage.sqlite import sqlite_file

_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE, user TEXT NOT NULL,
    rating TEXT NOT NULL, sentence INTEGER, reason TEXT, comment TEXT NOT NULL, given_at TEXT NOT NULL
)
"""
_INDEX = """
CREATE UNIQUE INDEX IF NOT EXISTS feedback_once ON feedback (answer_id, user, coalesce(sentence, 0))
"""
_COLUMNS = "id, answer_id, user, rating, sentence, reason, comment, given_at"


@dataclass(frozen=True, slots=True)
class Feedback:
    """``rating``: ``up`` or ``down``. ``sentence``: which claim of the answer, counted from 1; None: all of
    it. ``given_at``: ISO time in UTC."""

    id: int
    answer_id: str
    user: str
    rating: str
    sentence: int | None
    reason: str | None
    comment: str
    given_at: str


class FeedbackStore:
    """The feedback on the answers of one tenant, in their file."""

    def __init__(self, answers: AnswerStore, path: Path, now: Callable[[], datetime]) -> None:
        self._answers = answers
        self._path = path
        self._now = now

    def prepare(self) -> None:
        """Make the file, and its table, where there is none yet."""
        with self._opened():
            pass

    def put(
        self,
        answer_id: str,
        user: str,
        rating: str,
        *,
        sentence: int | None = None,
        reason: str | None = None,
        comment: str = "",
        owner: str | None = None,
    ) -> Feedback:
        """Keep what ``user`` thinks; said again of the same, it replaces what was said.

        ``owner``: whose answer it must be; None: anybody's.

        Raises:
            NoSuchAnswerError: there is no such answer, or it has no such sentence.
        """
        answer = self._answers.get(answer_id, owner)
        if sentence is not None and sentence > len(answer.get("claims", [])):
            raise NoSuchAnswerError(f"the answer has {len(answer.get('claims', []))} sentences")
        with self._opened() as connection, connection:
            connection.execute(
                "DELETE FROM feedback WHERE answer_id = ? AND user = ? AND coalesce(sentence, 0) = ?",
                (answer["id"], user, sentence or 0),
            )
            row = connection.execute(
                f"INSERT INTO feedback (answer_id, user, rating, sentence, reason, comment, given_at)"  # noqa: S608
                f" VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
                (answer["id"], user, rating, sentence, reason, comment, self._now().isoformat()),
            ).fetchone()
        return Feedback(*row)

    def list(
        self,
        *,
        answer_id: str | None = None,
        user: str | None = None,
        rating: str | None = None,
        limit: int = 100,
    ) -> list[Feedback]:
        """The newest first; of an answer, of a person, of a rating where they are named."""
        if not self._path.exists():
            return []
        query = f"""
            SELECT {_COLUMNS} FROM feedback WHERE (:answer IS NULL OR answer_id = :answer)
            AND (:user IS NULL OR user = :user) AND (:rating IS NULL OR rating = :rating)
            ORDER BY id DESC LIMIT :limit
        """  # noqa: S608
        given = {"answer": answer_id, "user": user, "rating": rating, "limit": limit}
        with self._opened() as connection:
            return [Feedback(*row) for row in connection.execute(query, given)]

    def take_back(self, answer_id: str, user: str) -> int:
        """Delete what a person said of an answer; returns how much there was."""
        if not self._path.exists():
            return 0
        with self._opened() as connection, connection:
            query = "DELETE FROM feedback WHERE answer_id = ? AND user = ?"
            return connection.execute(query, (answer_id, user)).rowcount

    def forget(self, user: str) -> int:
        """Delete what a person said, of whosever answers; returns how much there was."""
        if not self._path.exists():
            return 0
        with self._opened() as connection, connection:
            return connection.execute("DELETE FROM feedback WHERE user = ?", (user,)).rowcount

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._answers.prepare()
        try:
            with sqlite_file(self._path, 10, foreign_keys=True, secure_delete=True) as connection:
                connection.execute(_TABLE)
                connection.execute(_INDEX)
                yield connection
        except sqlite3.Error as error:
            raise AnswerStoreError(f"the feedback in {self._path} cannot be used ({error})") from error
