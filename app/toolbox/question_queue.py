"""Questions that were handed to people: kept in the data folder until somebody closes them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.errors import PinciteError
from app.storage.sqlite import sqlite_file, write_anew
from tools.scoped_search import RequestError

MOST_OPEN = 1000
MOST_CHARACTERS = 2000

_TABLE = """
CREATE TABLE IF NOT EXISTS questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, asked_at TEXT NOT NULL, user TEXT NOT NULL,
    question TEXT NOT NULL, labels TEXT NOT NULL
)
"""


class QueueError(PinciteError, RequestError):
    """A question that cannot be kept or is not there; the message is one line."""

    code = "question"
    status = 404


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """``asked_at`` is an ISO time in UTC; ``labels`` those of what the question was made from."""

    number: int
    asked_at: str
    user: str
    question: str
    labels: dict[str, Any]


class QuestionQueueFile:
    """``tools.ask_person.QuestionQueue`` in one file of the data folder."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def put(self, question: str, asker: Mapping[str, Any], /) -> int:
        """Keep one; returns its number. Raises ``QueueError``: it is empty, too long, or one too many."""
        words = question.strip()
        if not words or len(words) > MOST_CHARACTERS:
            raise QueueError(f"a question for a person has 1 to {MOST_CHARACTERS} characters")
        with self._opened() as connection, connection:
            # One transaction: two askers cannot both be the last that there is room for.
            connection.execute("BEGIN IMMEDIATE")
            (count,) = connection.execute("SELECT count(*) FROM questions").fetchone()
            if count >= MOST_OPEN:
                raise QueueError(
                    f"{MOST_OPEN} questions are open already: close some with `pincite questions`"
                )
            row = (self._now().isoformat(), str(asker.get("user") or ""), words)
            labels = json.dumps(asker.get("labels") or {})
            done = connection.execute(
                "INSERT INTO questions (asked_at, user, question, labels) VALUES (?, ?, ?, ?)", (*row, labels)
            )
            return int(done.lastrowid or 0)

    def list(self) -> list[OpenQuestion]:
        """The open ones, the oldest first."""
        if not self._path.exists():
            return []
        query = "SELECT number, asked_at, user, question, labels FROM questions ORDER BY number"
        with self._opened() as connection:
            return [
                OpenQuestion(number, asked_at, user, question, json.loads(labels))
                for number, asked_at, user, question, labels in connection.execute(query)
            ]

    def close(self, number: int) -> None:
        """Delete one that was dealt with. Raises ``QueueError`` where there is none."""
        if self._path.exists():
            with self._opened() as connection, connection:
                if connection.execute("DELETE FROM questions WHERE number = ?", (number,)).rowcount:
                    return
        raise QueueError(f"there is no open question {number}; see: pincite questions list")

    def forget(self, meant: Callable[[OpenQuestion], bool]) -> int:
        """Delete those that are meant, and write the file anew; returns how many there were."""
        numbers = [(one.number,) for one in self.list() if meant(one)]
        if self._path.exists():
            with self._opened() as connection:
                with connection:
                    connection.executemany("DELETE FROM questions WHERE number = ?", numbers)
                write_anew(connection)
        return len(numbers)

    def expire(self, keep_days: int) -> int:
        """Delete those older than so many days; returns how many there were."""
        oldest = (self._now() - timedelta(days=keep_days)).isoformat()
        if not any(one.asked_at < oldest for one in self.list()):
            return 0
        return self.forget(lambda one: one.asked_at < oldest)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with sqlite_file(self._path, 10.0, secure_delete=True, write_ahead_log=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise QueueError(
                f"the questions in {self._path} cannot be used ({error}); move the file away"
            ) from error


def questions_of(folder: Path) -> QuestionQueueFile:
    """The queue of a tenant, whose folder this is."""
    return QuestionQueueFile(folder / "questions.sqlite", lambda: datetime.now(UTC))
