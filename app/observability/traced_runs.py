"""Which run of LangSmith an answer was traced as: kept beside the answer, so that feedback finds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from langchain_core.callbacks import BaseCallbackHandler

from app.answers.store import AnswerStore, AnswerStoreError
from app.storage.sqlite import sqlite_file

_TABLE = """
CREATE TABLE IF NOT EXISTS traced (
    answer_id TEXT PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE, run_id TEXT NOT NULL,
    queued INTEGER NOT NULL DEFAULT 0
)
"""


def traced_as(callbacks: Sequence[BaseCallbackHandler]) -> str:
    """The id of the trace that the step which calls this belongs to, in one of these tracers; empty where
    none of them traces it."""
    from langchain_core.runnables.config import var_child_runnable_config

    config = var_child_runnable_config.get()
    manager = config.get("callbacks") if config else None
    parent = getattr(manager, "parent_run_id", None)
    for handler in callbacks:
        run = getattr(handler, "run_map", {}).get(str(parent))
        if run is not None:
            return str(run.trace_id or run.id)
    return ""


class TracedRuns:
    """Of one tenant, in the file of its answers (``path``)."""

    def __init__(self, answers: AnswerStore, path: Path) -> None:
        self._answers = answers
        self._path = path

    def put(self, answer_id: str, run_id: str) -> None:
        """Note the run of an answer that is kept."""
        with self._opened() as connection, connection:
            connection.execute(
                "INSERT OR IGNORE INTO traced (answer_id, run_id) SELECT id, ? FROM answers WHERE id = ?",
                (run_id, answer_id),
            )

    def runs(self, *, queued: bool | None = None) -> dict[str, str]:
        """Runs by answer; those that were put into a queue for people, or were not, where ``queued`` says."""
        if not self._path.exists():
            return {}
        query = "SELECT answer_id, run_id FROM traced WHERE :queued IS NULL OR queued = :queued"
        with self._opened() as connection:
            return dict(connection.execute(query, {"queued": queued}).fetchall())

    def note_queued(self, answer_ids: Iterable[str]) -> None:
        """These are in a queue for people now."""
        with self._opened() as connection, connection:
            connection.executemany(
                "UPDATE traced SET queued = 1 WHERE answer_id = ?", [(one,) for one in answer_ids]
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._answers.prepare()
        try:
            with sqlite_file(self._path, 10, foreign_keys=True, secure_delete=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise AnswerStoreError(f"the traced runs in {self._path} cannot be used ({error})") from error
