"""Forgetting a document: its text in all versions, and what was made of it in every place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Connection, Table, select

from app.answers.redacted_document import GoneDocument
from app.conversations.forget import delete_threads, rewrite_conversations, threads_that
from app.forgetting.askers_words import AskersWords
from app.forgetting.needles import Needles
from app.forgetting.note import ForgetNote
from app.forgetting.places import MADE_AGAIN, Places
from app.forgetting.rare_words import rare_words
from app.forgetting.report import Removed
from app.ingestion.web.memory import PageMemory
from app.ingestion.writer import IndexWriter
from app.jobs.originals import FILE, drop_originals, other_uris
from app.jobs.store import JobStore
from app.registry.kept_versions import forget_kept
from app.registry.overrides import forget_overrides
from app.registry.schema import documents, facts, hidden, kept, readers, versions
from app.registry.source_folders import forget_folders
from app.retrieval.all_passages import all_passages, write_words
from app.storage.cache_file import drop_cache

STAYS = (
    "answers that cited it stay, without its words: they say that its source was removed",
    "what askers wrote themselves in their questions stays, as theirs",
)


def document_note(places: Places, doc_id: str) -> ForgetNote:
    """What is to be known of a document before it goes: its addresses, titles, and the words it alone has.

    Of one that was removed before, as far as kept texts and answers tell.
    """
    cited = [_cited(words, doc_id) for _, _, words in places.answers.texts() if doc_id in words]
    quoted = [text for found in cited for text in found["texts"]]
    uris = {uri for found in cited for uri in found["uris"]}
    titles = {title for found in cited for title in found["titles"]}
    with places.registry.engine.connect() as connection:
        for table in (documents, kept):
            for row in connection.execute(select(table.c.uri, table.c.title).where(table.c.doc_id == doc_id)):
                uris.add(row.uri)
                titles.add(row.title)
        own = [*quoted, *_texts(connection, doc_id, True), *map(unquote, uris), *titles]
        # Of other files of whoever uploaded it, whose addresses begin alike.
        beside = [unquote(uri) for uri in other_uris(places.folder, uris)]
        words = rare_words(own, lambda: chain(beside, _texts(connection, doc_id, False)), places.databases)
    return ForgetNote("document", doc_id, sorted(words), sorted(uris - {""}), sorted(titles - {""}))


def forget_document(places: Places, writer: IndexWriter, note: ForgetNote) -> list[Removed]:
    """Take a document away everywhere; each step may have been done before, by a run that was killed.

    Raises:
        AnswerStoreError, ConversationError, sqlite3.Error: a file cannot be used; nothing else is undone.
    """
    needles = Needles(note.words)
    gone = GoneDocument(note.name, note.own, note.titles, lambda text: bool(needles.in_text(text)))
    count = forget_folders(places.registry, lambda path: bool(needles.in_text(path)))
    removed = (
        [Removed("registry.sqlite", count, "folders of sources, remembered for their pages")] if count else []
    )
    removed += _from_registry(places, writer, note.name)
    # Written anew: an index that only deletes keeps terms and vectors in its files.
    write_words(places.words, places.registry.engine)
    if places.vectors.is_local:
        places.vectors.write_anew()
    removed += _from_caches(places)
    removed.append(Removed("answers.sqlite", places.answers.forget(gone), "answers with its words or name"))
    places.answers.write_anew()
    removed.append(_from_threads(places, gone, needles))
    count = places.questions.forget(lambda one: gone.names_it(one.question) or gone.has_words(one.question))
    removed.append(Removed("questions.sqlite", count, "questions for people that hold its words"))
    count = places.audit.forget_targets(lambda target: target == note.name or bool(needles.in_text(target)))
    removed.append(Removed("audit.sqlite", count, "lines of the audit log without its name"))
    if (places.folder / FILE).exists():
        removed.append(Removed("uploads", drop_originals(places.folder, uris=note.own), "files as uploaded"))
        count = JobStore(places.folder / FILE, lambda: datetime.now(UTC)).forget(uris=note.own)
        removed.append(Removed(FILE, count, "failures that jobs noted of it"))
    memory = PageMemory(places.pages)
    count = sum(map(memory.forget, note.own))
    if count:
        memory.save()
    removed.append(Removed("pages.json", count, "notes of web pages"))
    return removed


def _from_registry(places: Places, writer: IndexWriter, doc_id: str) -> list[Removed]:
    engine = places.registry.engine
    with engine.connect() as connection:
        counts = [
            Removed("registry.sqlite", _count(connection, versions, doc_id), "versions of its text"),
            Removed("registry.sqlite", _count(connection, kept, doc_id), "kept texts"),
            Removed("registry.sqlite", _count(connection, hidden, doc_id), "hidden texts"),
        ]
    record = places.registry.named([doc_id]).get(doc_id)
    writer.remove(doc_id, forget=True)
    forget_kept(engine, doc_id)
    forget_overrides(engine, doc_id=doc_id)
    rewrite_registry(places)
    passages = record.passages if record else 0
    return [
        *counts,
        Removed("words", passages, "passages with their words"),
        Removed(places.vectors.label, passages, "vectors"),
    ]


def rewrite_registry(places: Places) -> None:
    """Write the registry's file anew, and empty its log."""
    with places.registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _from_caches(places: Places) -> list[Removed]:
    engine = places.registry.engine
    count = places.stored.keep_only(one.words.whole for one in all_passages(engine))
    removed = [Removed("embeddings.sqlite", count, "vectors that no passage has")]
    if places.windows is not None:
        count = places.windows.keep_only(one.words for one in all_passages(engine))
        removed.append(Removed("windows.sqlite", count, "vectors of windows that no passage has"))
    else:
        removed.append(_dropped(places, "windows.sqlite"))
    removed += [_dropped(places, name) for name in MADE_AGAIN]
    removed.append(drop_drafts(places))
    return removed


def _dropped(places: Places, name: str) -> Removed:
    return Removed(name, int(drop_cache(places.folder / name)), "cache, made again when it is needed")


def drop_drafts(places: Places) -> Removed:
    """Drafts do not say whose or what they are of, so all go."""
    count = int(drop_cache(places.folder / "answer_cache.sqlite"))
    return Removed("answer_cache.sqlite", count, "cache of drafts, all of them")


def _from_threads(places: Places, gone: GoneDocument, needles: Needles) -> Removed:
    """A conversation's states hold the evidence of every turn, so it goes as a whole."""
    theirs = AskersWords(places.threads)
    names = [name.encode("utf-8", "surrogatepass") for name in (gone.doc_id, *gone.uris) if name]

    def holds(table: str, column: str, value: bytes) -> bool:
        if any(name in value for name in names):
            return True
        return any(needles.find(value)) and any(needles.find(theirs.rest(table, column, value)))

    count = delete_threads(places.threads, threads_that(places.threads, holds))
    rewrite_conversations(places.threads)
    return Removed("threads.sqlite", count, "conversations that it was shown in")


def _count(connection: Connection, table: Table, doc_id: str) -> int:
    return len(connection.execute(select(table.c.doc_id).where(table.c.doc_id == doc_id)).all())


def _texts(connection: Connection, doc_id: str, own: bool) -> Iterator[str]:
    """Everything the registry has in words of a document, or of all others."""
    for table, columns in (
        (versions, (versions.c.text,)),
        (kept, (kept.c.text, kept.c.title, kept.c.uri)),
        (hidden, (hidden.c.text,)),
        (documents, (documents.c.title, documents.c.uri)),
        (facts, (facts.c.key, facts.c.value)),
    ):
        mine = table.c.doc_id == doc_id
        for row in connection.execute(select(*columns).where(mine if own else ~mine)):
            yield from map(unquote, row)
    # Names of sources, kinds and readers are not the document's own.
    if not own:
        yield from connection.scalars(select(readers.c.reader))
        for row in connection.execute(select(documents.c.source, documents.c.media_type)):
            yield from row


def _cited(words: str, doc_id: str) -> dict[str, list[str]]:
    """The words, addresses and titles that an answer gives a document."""
    answer: dict[str, Any] = json.loads(words)
    shown = [*answer.get("citations", []), *answer.get("excerpts", [])]
    shown += (answer.get("abstention") or {}).get("nearest", [])
    own = [one for one in shown if one.get("doc_id") == doc_id]
    numbers = {one["number"] for one in own if "number" in one}
    said = [one["text"] for one in answer.get("claims", []) if numbers & {*one["citations"]}]
    texts = [str(one.get(name, "")) for one in own for name in ("quote", "text", "excerpt", "lead")]
    return {
        "texts": [*said, *texts],
        "uris": [one.get("uri", "") for one in own],
        "titles": [one.get("title", "") for one in own],
    }
