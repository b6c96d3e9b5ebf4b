"""Forgetting a person, or one conversation: what was asked, what was answered, who asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.conversations.forget import delete_threads, rewrite_conversations, turns_of
from app.conversations.store import ConversationError, thread_of
from app.forgetting.askers_words import texts_in, unpacked
from app.forgetting.document import drop_drafts
from app.forgetting.note import ForgetNote
from app.forgetting.places import Places
from app.forgetting.rare_words import LEAST_BYTES, rare_words
from app.forgetting.report import Removed
from app.jobs.originals import FILE, forget_uploads_of
from app.jobs.store import JobStore
from app.registry.overrides import forget_overrides
from app.registry.schema import documents, facts, versions

USER_STAYS = ("documents that name the person stay: forget those with --document",)


def user_note(places: Places, user: str) -> ForgetNote:
    """What is to be known of a person before their things go: answers, and words only they used."""
    answers = list(places.answers.texts(user))
    ids = {answer_id for answer_id, _, _ in answers}
    asked = [question for _, question, _ in answers]
    asked += [one.question for one in places.questions.list() if one.user == user]
    threads = places.conversations.list(user)
    for one in threads:
        ids |= _answers_in(places, thread_of(user, one.name))
    own = [*asked, user, *(one.name for one in threads)]
    words = rare_words(own, lambda: _others(places, ids, user), places.databases)
    if len(user.encode()) >= LEAST_BYTES and not _is_in_documents(places, user):
        words.add(user.lower())
    return ForgetNote("user", user, sorted(words), sorted(ids))


def forget_user(places: Places, note: ForgetNote) -> list[Removed]:
    """Take away a person's conversations, answers with their receipts, feedback, keys, questions for people,
    and their name in the ledger: what was spent stays."""
    user = note.name
    threads = [thread_of(user, one.name) for one in places.conversations.list(user)]
    ids = {*note.own, *(answer_id for answer_id, _, _ in places.answers.texts(user))}
    said = places.feedback.forget(user)
    removed = _from_stores(places, threads, ids)
    count = places.questions.forget(lambda one: one.user == user)
    removed.append(Removed("questions.sqlite", count, "questions for people"))
    more = (
        Removed("answers.sqlite", said, "pieces of feedback"),
        Removed("keys.sqlite", places.keys.forget(user), "keys"),
        Removed("audit.sqlite", places.audit.forget(user), "names in the audit log"),
    )
    removed += [one for one in more if one.count]
    with closing(places.open_ledger()) as ledger:
        unnamed = ledger.forget(user)
    if unnamed:
        removed.append(Removed(ledger.where, unnamed, "names of who paid for a model's call"))
    forget_overrides(places.registry.engine, user=user)
    if (places.folder / FILE).exists():
        gone = forget_uploads_of(places.folder, user)
        jobs = JobStore(places.folder / FILE, lambda: datetime.now(UTC)).forget(user=user)
        removed += [Removed("uploads", gone, "uploads that are no document"), Removed(FILE, jobs, "jobs")]
    return [*removed, drop_drafts(places)]


def thread_note(places: Places, name: str, user: str) -> ForgetNote:
    """What is to be known of a conversation before it goes. ``name`` is its owner's for it, or a thread's id.

    Raises:
        ConversationError: there is no such conversation.
    """
    thread = thread_of(user, name)
    known = {thread_of(one.user, one.name): one for one in places.conversations.list()}
    if thread not in known and not turns_of(places.threads, thread):
        thread = name
    if thread not in known and not turns_of(places.threads, thread):
        raise ConversationError(f"{user!r} has no conversation {name!r}; see: pincite threads list")
    ids = _answers_in(places, thread)
    asked = [question for answer_id, question, _ in places.answers.texts() if answer_id in ids]
    asked += [text for turn in turns_of(places.threads, thread) for text in _asked_in(unpacked(turn))]
    if thread in known:
        asked.append(known[thread].name)
    words = rare_words(asked, lambda: _others(places, ids, None, thread), places.databases)
    return ForgetNote("thread", thread, sorted(words), sorted(ids))


def forget_thread(places: Places, note: ForgetNote) -> list[Removed]:
    """Take away a conversation with the answers given in it, and questions its turns handed to people."""
    said = {text for turn in turns_of(places.threads, note.name) for text in texts_in(unpacked(turn))}
    handed = places.questions.forget(lambda one: one.question in said)
    removed = _from_stores(places, [note.name], note.own)
    return [*removed, Removed("questions.sqlite", handed, "questions for people"), drop_drafts(places)]


def _from_stores(places: Places, threads: Collection[str], answers: Collection[str]) -> list[Removed]:
    count = places.answers.delete_all(answers)
    places.answers.write_anew()
    gone = delete_threads(places.threads, threads)
    rewrite_conversations(places.threads)
    return [
        Removed("answers.sqlite", count, "answers with their receipts"),
        Removed("threads.sqlite", gone, "conversations"),
    ]


def _answers_in(places: Places, thread: str) -> set[str]:
    """The ids of the answers given in a conversation: its states hold their receipts."""
    return {one for turn in turns_of(places.threads, thread) for one in _receipts(unpacked(turn))}


def _receipts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("id"), str) and "index_generation" in data:
            yield data["id"]
        for value in data.values():
            yield from _receipts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _receipts(value)


def _asked_in(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("asked"), str):
            yield data["asked"]
        for value in data.values():
            yield from _asked_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _asked_in(value)


def _others(
    places: Places, answers: Collection[str], user: str | None, thread: str | None = None
) -> Iterator[str]:
    """What documents say, and what other people asked and were answered."""
    with places.registry.engine.connect() as connection:
        yield from connection.scalars(select(versions.c.text))
        for table, columns in (
            (documents, (documents.c.title, documents.c.uri, documents.c.source)),
            (facts, (facts.c.key, facts.c.value)),
        ):
            for row in connection.execute(select(*columns).select_from(table)):
                yield from row
    for answer_id, _, words in places.answers.texts():
        if answer_id not in answers:
            yield from texts_in(json.loads(words))
    for one in places.questions.list():
        if one.user != user:
            yield one.question
    for kept in places.conversations.list():
        if kept.user != user and thread_of(kept.user, kept.name) != thread:
            yield from (kept.name, kept.user)
            for turn in turns_of(places.threads, thread_of(kept.user, kept.name)):
                yield from texts_in(unpacked(turn))


def _is_in_documents(places: Places, name: str) -> bool:
    return any(name.lower() in text.lower() for text in _others(places, (), name))
