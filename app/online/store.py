"""What was found of kept answers, beside them in their file, and gone with them: numbers, no words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.answers.feedback import FeedbackStore
from app.answers.store import AnswerStoreError
from app.storage.sqlite import sqlite_file

_TABLES = """
CREATE TABLE IF NOT EXISTS checked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    answer_id TEXT NOT NULL UNIQUE REFERENCES answers (id) ON DELETE CASCADE, checks TEXT NOT NULL,
    topic INTEGER, baseline TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS judged (
    answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE, judge TEXT NOT NULL,
    applies TEXT NOT NULL, passed INTEGER, at TEXT NOT NULL, PRIMARY KEY (answer_id, judge)
);
"""


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """``number``: answers are counted as they are checked, and keep their number. ``checks``: as
    ``app.online.checks`` names them. ``topic``: of the baseline of this name, if any. ``disliked``: somebody
    put a thumb down."""

    number: int
    id: str
    checks: Mapping[str, float]
    topic: int | None
    baseline: str
    disliked: bool


@dataclass(frozen=True, slots=True)
class JudgedAnswers:
    """What one judge said, by answer; None: it could not say. ``applies``: the status of what it judges."""

    judge: str
    applies: str
    passed: Mapping[str, bool | None]


class OnlineStore:
    """Of one tenant, in the file of its answers and their feedback (``path``)."""

    def __init__(self, feedback: FeedbackStore, path: Path) -> None:
        self._feedback = feedback
        self._path = path

    def unchecked(self, baseline: str, limit: int, since: str = "") -> list[dict[str, Any]]:
        """Answers that were not checked yet, or whose topic is another baseline's; the oldest first.

        ``since``: an ISO time, from which on they were asked.
        """
        if not self._path.exists():
            return []
        query = """
            SELECT a.id, a.answer FROM answers a LEFT JOIN checked c ON c.answer_id = a.id
            WHERE a.asked_at >= ? AND (c.answer_id IS NULL OR c.baseline <> ?)
            ORDER BY a.asked_at, a.id LIMIT ?
        """
        with self._opened() as connection:
            rows = connection.execute(query, (since, baseline, limit)).fetchall()
        return [{**json.loads(words), "id": name} for name, words in rows]

    def put(self, answer_id: str, checks: Mapping[str, float], topic: int | None, baseline: str) -> None:
        """Keep what was found; of an answer that is gone meanwhile nothing is. Known checks stay: a receipt
        may be gone by now."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                told = (topic, baseline, answer_id)
                # Not one statement with a conflict clause, which would use up a number each time.
                known = connection.execute(
                    "UPDATE checked SET topic = ?, baseline = ? WHERE answer_id = ?", told
                ).rowcount
                if not known:
                    connection.execute(
                        "INSERT INTO checked (checks, topic, baseline, answer_id) "
                        "SELECT ?, ?, ?, id FROM answers WHERE id = ?",
                        (json.dumps(checks), *told),
                    )

    def checked(self, above: int = 0) -> list[CheckedAnswer]:
        """Answers that were checked and have a number above this one, in order."""
        if not self._path.exists():
            return []
        query = """
            SELECT number, answer_id, checks, topic, baseline, EXISTS (
                SELECT 1 FROM feedback f WHERE f.answer_id = checked.answer_id AND f.rating = 'down')
            FROM checked WHERE number > ? ORDER BY number
        """
        with self._opened() as connection:
            return [
                CheckedAnswer(number, name, json.loads(checks), topic, baseline, bool(disliked))
                for number, name, checks, topic, baseline, disliked in connection.execute(query, (above,))
            ]

    def last(self) -> int:
        """The number of the answer that was checked last; 0 where none was."""
        if not self._path.exists():
            return 0
        with self._opened() as connection:
            # Also of one that is gone.
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'checked'").fetchone()
        return int(row[0]) if row else 0

    def judge(self, answer_id: str, judge: str, applies: str, passed: bool | None, at: datetime) -> None:
        """Keep what a judge said. ``judge``: its name and what it is pinned to."""
        with self._opened() as connection, connection:
            connection.execute(
                "INSERT OR REPLACE INTO judged SELECT id, ?, ?, ?, ? FROM answers WHERE id = ?",
                (judge, applies, passed, at.isoformat(), answer_id),
            )

    def judged(self) -> list[JudgedAnswers]:
        """What each judge said."""
        if not self._path.exists():
            return []
        found: dict[tuple[str, str], dict[str, bool | None]] = {}
        with self._opened() as connection:
            rows = connection.execute("SELECT judge, applies, answer_id, passed FROM judged ORDER BY judge")
            for judge, applies, answer, passed in rows:
                found.setdefault((judge, applies), {})[answer] = None if passed is None else bool(passed)
        return [JudgedAnswers(judge, applies, passed) for (judge, applies), passed in found.items()]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._feedback.prepare()
        try:
            with sqlite_file(self._path, 10, foreign_keys=True, secure_delete=True) as connection:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                yield connection
        except sqlite3.Error as error:
            raise AnswerStoreError(
                f"what was found of answers in {self._path} cannot be used ({error})"
            ) from error
