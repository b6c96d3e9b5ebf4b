"""How long things are kept: one place where the days of the settings are applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.conversations.keeping import AnswersSettings, CacheSettings, ConversationsSettings, KeepSettings
from app.forgetting.places import Places
from app.ingestion.discover import UPLOAD
from app.jobs.originals import FILE, drop_originals
from app.jobs.settings import JobsSettings
from app.registry.kept_versions import drop_uncited
from app.registry.schema import documents
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class KeepingTimes:
    """The settings that say how long what is kept."""

    answers: AnswersSettings
    conversations: ConversationsSettings
    cache: CacheSettings
    keep: KeepSettings
    jobs: JobsSettings

    def said(self) -> Iterator[tuple[str, str]]:
        """(what, how long) of each kind, in words."""
        answers, keep = self.answers, self.keep
        kept = _days(answers.keep_days) if answers.keep else "not kept"
        receipts = _days(keep.receipts_days) if keep.receipts_days else "as long as their answer"
        yield "answers", kept
        yield "receipts", receipts if answers.keep else "not kept"
        yield "conversations", f"{_days(self.conversations.keep_days)} after the last turn"
        yield "questions for people", _days(keep.questions_days)
        yield "drafts", f"{self.cache.max_age_h:g} hours" if self.cache.answers else "not kept"
        uncited = f"{_days(keep.versions_days)}, if no answer cites them" if keep.versions_days else None
        yield "earlier versions", uncited or "until pincite prune, if no answer cites them"
        yield "finished jobs", _days(self.jobs.keep_days)
        yield "uploads that nobody goes on with", f"{self.jobs.unfinished_hours:g} hours"
        originals = "while their document is there" if self.jobs.keep_originals else "not kept"
        yield "uploaded files", originals
        removed = "while an answer cites them"
        most = f", {_days(keep.removed_days)} at most" if keep.removed_days else ""
        yield "texts of removed documents", removed + most


def times_of(settings: Settings) -> KeepingTimes:
    """The times that the settings say."""
    return KeepingTimes(
        settings.answers, settings.conversations, settings.cache, settings.keep, settings.jobs
    )


@dataclass(frozen=True, slots=True)
class Expired:
    """How many of each kind went."""

    answers: int
    receipts: int
    conversations: int
    questions: int
    texts: int


def apply_retention(places: Places, times: KeepingTimes, *, old_versions: bool = False) -> Expired:
    """Delete what is past its time, and texts that no stored answer cites any more.

    Drafts that were made before the last change of the index, or too long ago, go as well. With
    ``old_versions`` all earlier versions that no answer cites, whatever their age.

    Raises:
        AnswerStoreError, ConversationError, sqlite3.Error: a file of these cannot be used.
    """
    keep, now = times.keep, datetime.now(UTC)

    def before(days: int | None) -> str:
        return (now - timedelta(days=days)).isoformat() if days else ""

    places.drafts.keep_only(places.registry.generation())
    answers = places.answers.expire()
    receipts = places.answers.expire_receipts(before(keep.receipts_days))
    conversations = places.conversations.expire()
    questions = places.questions.expire(keep.questions_days)
    if (places.folder / FILE).exists():
        with places.registry.engine.connect() as connection:
            present = set(
                connection.scalars(select(documents.c.uri).where(documents.c.uri.startswith(UPLOAD)))
            )
        drop_originals(places.folder, present)
    texts = drop_uncited(
        places.registry.engine,
        places.answers.cited(),
        old_versions=old_versions,
        versions_before=before(keep.versions_days),
        removed_before=before(keep.removed_days),
    )
    return Expired(answers, receipts, conversations, questions, texts)


def _days(days: int | None) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
