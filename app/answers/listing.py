"""Stored answers page by page, with what was thought of them: by words, by status, the newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answers.feedback import FeedbackStore
from app.answers.store import AnswerStoreError
from app.storage.sqlite import sqlite_file

_WHICH = """
    FROM answers a WHERE (:user IS NULL OR a.user = :user) AND (:status = '' OR a.status = :status)
    AND has_words(a.question, json_extract(a.answer, '$.text'))
"""
_ROWS = f"""
    SELECT a.id, a.asked_at, a.status, a.question, a.user,
           coalesce(json_array_length(a.answer, '$.claims'), 0),
           (SELECT count(*) FROM citations c WHERE c.answer_id = a.id),
           (SELECT count(*) FROM feedback f
            WHERE f.answer_id = a.id AND f.rating = 'up' AND (:user IS NULL OR f.user = :user)),
           (SELECT count(*) FROM feedback f
            WHERE f.answer_id = a.id AND f.rating = 'down' AND (:user IS NULL OR f.user = :user))
    {_WHICH} ORDER BY a.asked_at DESC, a.id LIMIT :limit OFFSET :offset
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """``asked_at``: ISO time in UTC. ``sentences``, ``citations``, ``up`` and ``down`` are counts; of ratings
    those of whoever's answers are listed, of everybody where everybody's are."""

    id: str
    asked_at: str
    status: str
    question: str
    user: str
    sentences: int
    citations: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """``total``: how many there are on all pages."""

    rows: Sequence[AnswerRow]
    total: int


def list_answers(
    feedback: FeedbackStore,
    path: Path,
    *,
    user: str | None = None,
    words: str = "",
    status: str = "",
    limit: int = 50,
    offset: int = 0,
) -> AnswerRows:
    """Answers in the file at ``path`` (``feedback`` is of the same) whose question or text has each of the
    ``words``, whatever their case; of one person, or of all.

    Raises:
        AnswerStoreError: the file cannot be used.
    """
    if not path.exists():
        return AnswerRows([], 0)
    wanted = words.casefold().split()

    def has_words(question: str, text: str | None) -> bool:
        said = f"{question}\n{text or ''}".casefold()
        return all(word in said for word in wanted)

    given = {"user": user, "status": status, "limit": limit, "offset": offset}
    feedback.prepare()
    try:
        with sqlite_file(path, 10) as connection:
            connection.create_function("has_words", 2, has_words, deterministic=True)
            rows = [AnswerRow(*row) for row in connection.execute(_ROWS, given)]
            total = connection.execute(f"SELECT count(*) {_WHICH}", given).fetchone()[0]
    except sqlite3.Error as error:
        raise AnswerStoreError(f"the stored answers in {path} cannot be used ({error})") from error
    return AnswerRows(rows, int(total))
