"""Released answers with their citations, kept in one SQLite file so that they can be verified later."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from app.answers.redacted_document import GoneDocument, without_document
from app.errors import PinciteError
from app.storage.sqlite import sqlite_file, use_write_ahead_log, write_anew

FORMAT = 2

_TABLES = """
CREATE TABLE answers (
    id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, status TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, user TEXT NOT NULL DEFAULT ''
);
CREATE INDEX answers_by_time ON answers (asked_at);
CREATE TABLE citations (
    answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    doc_id TEXT NOT NULL, version TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    quote TEXT NOT NULL, PRIMARY KEY (answer_id, number)
);
CREATE INDEX citations_by_document ON citations (doc_id, version);
"""


_UPGRADE = (
    "ALTER TABLE answers ADD COLUMN user TEXT NOT NULL DEFAULT ''",
    "UPDATE answers SET user = coalesce(json_extract(answer, '$.receipt.user'), '')",
)
"""What a file of format 1 lacks."""


class AnswerStoreError(PinciteError, RuntimeError):
    """The stored answers cannot be used; the message is one line."""

    code = "answer-store"


class NoSuchAnswerError(AnswerStoreError, LookupError):
    """A name stands for no stored answer of who asks, or for several."""

    code = "no-such-answer"
    status = 404


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was released. ``asked_at`` is an ISO time in UTC, ``citations`` counts them."""

    id: str
    asked_at: str
    status: str
    question: str
    citations: int


class AnswerStore:
    """The answers of one tenant, each of the person who asked: where ``user`` is named, nobody else's are
    found; without one all are, as for who owns the folder. The file is made with the first answer, and opened
    anew for each call.

    Answers older than ``keep_days`` are deleted with every write, and by ``expire``. What is deleted is
    overwritten with zeros (SQLite's ``secure_delete``).
    """

    def __init__(self, path: Path, keep_days: int, now: Callable[[], datetime]) -> None:
        self._path = path
        self._keep_days = keep_days
        self._now = now

    def prepare(self) -> None:
        """Make the file where there is none yet."""
        with self._opened():
            pass

    def put(self, answer: Mapping[str, Any], user: str = "") -> None:
        """Store an answer (see ``graphs.contracts.Answer``) as asked now by ``user``; a known id is left
        alone."""
        answer_id = answer.get("id") or secrets.token_hex(8)
        citations = [
            (answer_id, one["number"], one["doc_id"], one["version"], one["start"], one["end"], one["quote"])
            for one in answer.get("citations", [])
        ]
        words = json.dumps(answer, ensure_ascii=False, default=str)
        with self._writing() as connection:
            row = (answer_id, self._now().isoformat(), answer["status"], answer["question"], words, user)
            added = connection.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?)", row
            ).rowcount
            if added:
                connection.executemany("INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?, ?)", citations)
            self._drop_old(connection)

    def expire(self) -> int:
        """Delete the answers older than ``keep_days``; returns how many there were."""
        if not self._path.exists():
            return 0
        with self._reading() as connection:
            query = "SELECT 1 FROM answers WHERE asked_at < ? LIMIT 1"
            if connection.execute(query, (self._oldest(),)).fetchone() is None:
                return 0
        with self._writing() as connection:
            count = self._drop_old(connection)
        self._shrink()
        return count

    def expire_receipts(self, before: str) -> int:
        """Take the receipts of answers that were asked before an ISO time; returns how many there were."""
        if not before or not self._path.exists():
            return 0
        old = "asked_at < ? AND json_extract(answer, '$.receipt.id') IS NOT NULL"
        with self._reading() as connection:
            if connection.execute(f"SELECT 1 FROM answers WHERE {old} LIMIT 1", (before,)).fetchone() is None:  # noqa: S608
                return 0
        with self._writing() as connection:
            query = f"UPDATE answers SET answer = json_set(answer, '$.receipt', json('{{}}')) WHERE {old}"  # noqa: S608
            count = connection.execute(query, (before,)).rowcount
        self.write_anew()
        return count

    def list(self, limit: int = -1, user: str | None = None) -> list[StoredAnswer]:
        """The answers, newest first, ``limit`` at most; all when that is negative."""
        query = """
            SELECT id, asked_at, status, question,
                   (SELECT count(*) FROM citations WHERE answer_id = answers.id)
            FROM answers WHERE :user IS NULL OR user = :user ORDER BY asked_at DESC, id LIMIT :limit
        """
        given = {"limit": limit, "user": user}
        with self._reading() as connection:
            return [StoredAnswer(*row) for row in connection.execute(query, given)]

    def get(self, name: str, user: str | None = None) -> dict[str, Any]:
        """The answer whose id is, or alone begins with, ``name``. Raises ``AnswerStoreError``."""
        with self._reading() as connection:
            found = self._named(connection, name, user)
            row = connection.execute("SELECT answer FROM answers WHERE id = ?", (found,)).fetchone()
        answer: dict[str, Any] = json.loads(row[0])
        return {**answer, "id": found}

    def every(self) -> Iterator[dict[str, Any]]:
        """All answers, oldest first, each with ``id``, ``asked_at``, ``question`` and its citations.

        The citations are the rows: what was released, whatever became of the answer's words since.
        """
        names = ("number", "doc_id", "version", "start", "end", "quote")
        cited = """
            SELECT number, doc_id, version, start, "end", quote FROM citations
            WHERE answer_id = ? ORDER BY number
        """
        with self._reading() as connection:
            rows = connection.execute("SELECT id, asked_at, question FROM answers ORDER BY asked_at, id")
            for answer_id, asked_at, question in rows.fetchall():
                citations = [
                    dict(zip(names, row, strict=True)) for row in connection.execute(cited, (answer_id,))
                ]
                yield {"id": answer_id, "asked_at": asked_at, "question": question, "citations": citations}

    def citing(self, doc_id: str, user: str | None = None, limit: int = 100) -> Iterator[dict[str, Any]]:
        """Answers that cite a document, newest first, as ``every`` has them, with their citations of it."""
        query = """
            SELECT a.id, a.asked_at, a.question, c.number, c.version, c.start, c."end", c.quote
            FROM citations c JOIN answers a ON a.id = c.answer_id WHERE c.doc_id = :doc AND a.id IN (
                SELECT id FROM answers WHERE (:user IS NULL OR user = :user)
                AND id IN (SELECT answer_id FROM citations WHERE doc_id = :doc)
                ORDER BY asked_at DESC, id LIMIT :limit)
            ORDER BY a.asked_at DESC, a.id, c.number
        """
        with self._reading() as connection:
            rows = connection.execute(query, {"doc": doc_id, "user": user, "limit": limit}).fetchall()
        for (answer_id, asked_at, question), own in groupby(rows, lambda row: row[:3]):
            names = ("number", "version", "start", "end", "quote")
            citations = [{"doc_id": doc_id, **dict(zip(names, row[3:], strict=True))} for row in own]
            yield {"id": answer_id, "asked_at": asked_at, "question": question, "citations": citations}

    def delete(self, name: str, user: str | None = None) -> str:
        """Delete the answer that ``get`` would find; returns its id. Raises ``AnswerStoreError``."""
        with self._writing() as connection:
            found = self._named(connection, name, user)
            connection.execute("DELETE FROM answers WHERE id = ?", (found,))
        self._shrink()
        return found

    def clear(self) -> int:
        """Delete all answers; returns how many there were."""
        with self._writing() as connection:
            count = connection.execute("DELETE FROM answers").rowcount
        self._shrink()
        return count

    def cited(self, doc_id: str | None = None) -> set[tuple[str, str]]:
        """The (doc_id, version) that answers cite; those of one document where it is named."""
        query = "SELECT DISTINCT doc_id, version FROM citations WHERE :doc IS NULL OR doc_id = :doc"
        if not self._path.exists():
            return set()
        with self._reading() as connection:
            return {(row[0], row[1]) for row in connection.execute(query, {"doc": doc_id})}

    def names(self, doc_id: str) -> bool:
        """Whether an answer names this document, as cited or as one that came near."""
        with self._reading() as connection:
            query = "SELECT 1 FROM answers WHERE instr(answer, ?) LIMIT 1"
            return connection.execute(query, (doc_id,)).fetchone() is not None

    def texts(self, user: str | None = None) -> Iterator[tuple[str, str, str]]:
        """(id, question, the whole answer as JSON) of one person's answers, or of all."""
        query = "SELECT id, question, answer FROM answers WHERE :user IS NULL OR user = :user"
        with self._reading() as connection:
            yield from connection.execute(query, {"user": user})

    def forget(self, gone: GoneDocument) -> int:
        """Take the words and the names of a document out of all answers; in how many there were some.

        The answer stays, as does where it cited what. Its sentences that cite the document go, and the
        quotes, titles and excerpts that are the document's own; what its asker wrote stays.
        """
        if not self._path.exists():
            return 0
        changed, day = 0, self._now().date().isoformat()
        with self._writing() as connection:
            # An abstention shows excerpts of what came near, so the answers themselves are looked through.
            for answer_id, words in connection.execute("SELECT id, answer FROM answers").fetchall():
                if not (gone.names_it(words) or gone.has_words(words)):
                    continue
                left = json.dumps(without_document(json.loads(words), gone, day), ensure_ascii=False)
                if left == words:
                    continue
                connection.execute("UPDATE answers SET answer = ? WHERE id = ?", (left, answer_id))
                changed += 1
            query = "UPDATE citations SET quote = '', version = '', doc_id = ? WHERE doc_id = ?"
            connection.execute(query, (gone.tombstone, gone.doc_id))
        return changed

    def delete_all(self, answer_ids: Iterable[str]) -> int:
        """Delete these answers; those that are not there are passed over."""
        if not self._path.exists():
            return 0
        with self._writing() as connection:
            return connection.executemany(
                "DELETE FROM answers WHERE id = ?", [(one,) for one in answer_ids]
            ).rowcount

    def write_anew(self) -> None:
        """Write the file anew, so that nothing of what was deleted is left in it."""
        if self._path.exists():
            with self._opened() as connection:
                write_anew(connection)

    def _named(self, connection: sqlite3.Connection, name: str, user: str | None) -> str:
        query = (
            "SELECT id FROM answers WHERE substr(id, 1, length(:name)) = :name"
            " AND (:user IS NULL OR user = :user) ORDER BY id <> :name LIMIT 2"
        )
        given = {"name": name, "user": user}
        found = [row[0] for row in connection.execute(query, given)] if name else []
        if len(found) == 1 or name in found:
            return str(found[0])
        if found:
            raise NoSuchAnswerError(f"{name!r} begins the id of several answers; give more of it")
        raise NoSuchAnswerError(f"there is no stored answer {name!r}; see: pincite answers list")

    def _oldest(self) -> str:
        return (self._now() - timedelta(days=self._keep_days)).isoformat()

    def _drop_old(self, connection: sqlite3.Connection) -> int:
        return connection.execute("DELETE FROM answers WHERE asked_at < ?", (self._oldest(),)).rowcount

    def _shrink(self) -> None:
        """Empty the write-ahead log too: deleted words would stay readable in it."""
        with self._opened() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            # Nobody has asked yet: as good as an empty file, and none is made for looking.
            with closing(sqlite3.connect(":memory:")) as connection:
                connection.executescript(_TABLES)
                yield connection
            return
        with self._opened() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with sqlite_file(
                self._path, 10, autocommit=True, foreign_keys=True, secure_delete=True
            ) as connection:
                _prepare(connection, self._path)
                yield connection
        except sqlite3.Error as error:
            raise AnswerStoreError(f"the stored answers in {self._path} cannot be used ({error})") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0:
        use_write_ahead_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            # Another process may have made them since.
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={FORMAT}")
                found = FORMAT
    if found == 1:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            for statement in _UPGRADE if found == 1 else ():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={FORMAT}")
            found = FORMAT
    if found != FORMAT:
        raise AnswerStoreError(
            f"{path} has format {found}, this Pincite reads {FORMAT}; use the Pincite that wrote it, "
            "or move the file away"
        )
    connection.execute("PRAGMA synchronous=NORMAL")
