"""Where in a data folder something may be that is to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.answers.draft_cache import AnswerCache
from app.answers.feedback import FeedbackStore
from app.answers.store import AnswerStore
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.open import ledger_of
from app.conversations.forget import threads_that
from app.conversations.store import ConversationStore
from app.identity.audit import AuditLog
from app.identity.keys import KeyStore
from app.registry.registry import Registry
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.ranking.window_vectors import WindowVectors
from app.retrieval.vectors.vector_index import VectorIndex
from app.settings import Settings
from app.toolbox.question_queue import QuestionQueueFile, questions_of

MADE_AGAIN = ("parts.sqlite", "tokens.sqlite")
"""Caches of pieces of passages, to which no passage leads: they go as a whole, and are made again."""


@dataclass(frozen=True, slots=True)
class Places:
    """The stores of one tenant. ``elsewhere``: what is outside of its folder, in words."""

    settings: Settings
    registry: Registry
    vectors: VectorIndex
    words: LexicalIndex
    stored: StoredVectors
    windows: WindowVectors | None
    answers: AnswerStore
    conversations: ConversationStore
    drafts: AnswerCache
    elsewhere: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def tenant(self) -> str:
        return self.settings.tenant

    def open_ledger(self) -> Ledger:
        """What model calls cost; to be closed."""
        return ledger_of(self.settings)

    @property
    def folder(self) -> Path:
        return self.home / self.tenant

    @property
    def threads(self) -> Path:
        return self.folder / "threads.sqlite"

    @property
    def pages(self) -> Path:
        return self.folder / "pages.json"

    @property
    def feedback(self) -> FeedbackStore:
        return FeedbackStore(self.answers, self.folder / "answers.sqlite", _now)

    @property
    def keys(self) -> KeyStore:
        return KeyStore(self.folder / "keys.sqlite", _now)

    @property
    def audit(self) -> AuditLog:
        return AuditLog(self.folder / "audit.sqlite", _now)

    def has_key_or_said(self, user: str) -> bool:
        """Whether a person has a key, said what they think of an answer, or changed something."""
        keys = any(key.user == user for key in self.keys.list())
        changed = any(user in (one.user, one.target) for one in self.audit.list(-1))
        return keys or changed or bool(self.feedback.list(user=user, limit=1))

    @property
    def questions(self) -> QuestionQueueFile:
        return questions_of(self.folder)

    def remember(self, doc_id: str) -> bool:
        """Whether a stored answer or conversation names a document, present or not."""
        name = doc_id.encode("utf-8", "surrogatepass")
        return self.answers.names(doc_id) or bool(
            threads_that(self.threads, lambda _table, _column, value: name in value)
        )

    @property
    def databases(self) -> list[Path]:
        """The SQLite files that are there."""
        return sorted(self.folder.glob("*.sqlite"))


def _now() -> datetime:
    return datetime.now(UTC)
