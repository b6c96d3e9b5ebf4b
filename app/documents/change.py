"""Changing what is known of a document, and deleting it: in force with the next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.corpus import Corpus
from app.documents.readable import DocumentRequestError, changeable_document
from app.forgetting.report import ForgetReport
from app.ingestion.load.hidden import HIDDEN_CHARS, RISK
from app.jobs.job import JobError
from app.jobs.uploads import checked_readers
from app.registry.document import LoadedDocument, MetadataValue, PassageSpan
from app.registry.new_document import BUILT_IN_FACTS, NewDocument
from app.registry.overrides import GROUPS, NOBODY, Override, readers_in
from app.registry.registry import DocumentRecord, Registry
from app.registry.requester import Requester
from app.registry.schema import passages

MOST_KEYS = 50
MOST_VALUES = 100
MOST_CHARS = 2000
_OURS = (GROUPS, RISK, HIDDEN_CHARS)
"""Keys that say who may read and what is hidden: not for metadata to change."""


def change_document(
    corpus: Corpus,
    requester: Requester,
    doc_id: str,
    *,
    metadata: Mapping[str, Any] | None = None,
    readers: Sequence[str] | None = None,
) -> DocumentRecord:
    """Say metadata (a value of None leaves a key out) or readers over what the source says.

    What is not named stays as it was said before; ``readers`` empty: as the source says again. It holds when
    the source is read again. Vectors are taken from those that are kept: nothing is embedded anew.

    Raises:
        NoSuchDocumentError, DocumentRefusedError: it may not be read, or changed.
        DocumentRequestError: a key, a value or a reader cannot be. WriterBusyError: another is writing.
    """
    changeable_document(corpus.registry, requester, doc_id)
    given, dropped = _metadata(metadata or {})
    named = _readers(readers) if readers is not None else None
    with corpus.writing() as (_, writer):
        # Once the lock is held: another may have changed it meanwhile.
        record = changeable_document(corpus.registry, requester, doc_id)
        now = corpus.registry.override(doc_id) or Override()
        source = now.original if not now.says_nothing else record.metadata
        kept = {key: value for key, value in now.metadata.items() if key not in dropped}
        said = replace(
            now,
            metadata={**kept, **given},
            dropped=tuple(sorted({*now.dropped, *(key for key in dropped if key in source)} - set(given))),
            by=requester.user,
            at=datetime.now(UTC).isoformat(),
        )
        if named is not None:
            said = replace(said, readers=named, over=readers_in(source) if named else ())
        writer.put(_again(corpus.registry, record, source, said))
    return changed_record(corpus.registry, doc_id)


def reset_document(corpus: Corpus, requester: Requester, doc_id: str) -> DocumentRecord:
    """Take back all that was said over what the source says. Raises as ``change_document``."""
    changeable_document(corpus.registry, requester, doc_id)
    with corpus.writing() as (_, writer):
        record = changeable_document(corpus.registry, requester, doc_id)
        now = corpus.registry.override(doc_id)
        if now is not None:
            writer.put(_again(corpus.registry, record, now.original, Override()))
    return changed_record(corpus.registry, doc_id)


def delete_document(corpus: Corpus, requester: Requester, doc_id: str) -> None:
    """Remove it with its versions; those that stored answers cite stay readable for verifying.

    Raises:
        NoSuchDocumentError, DocumentRefusedError: it may not be read, or changed.
        WriterBusyError: another process is writing.
    """
    changeable_document(corpus.registry, requester, doc_id)
    with corpus.writing() as (pipeline, writer):
        pipeline.remove(changeable_document(corpus.registry, requester, doc_id), writer)


def forget_document_for(corpus: Corpus, requester: Requester, doc_id: str) -> ForgetReport:
    """Take it away for good, from stored answers too, and prove it. Raises as ``delete_document``."""
    changeable_document(corpus.registry, requester, doc_id)
    return corpus.forget(document=doc_id)


def changed_record(registry: Registry, doc_id: str) -> DocumentRecord:
    """The document as it is now, though whoever changed it may read it no more."""
    return registry.named([doc_id])[doc_id]


def _again(
    registry: Registry, record: DocumentRecord, source: Mapping[str, Any], said: Override
) -> NewDocument:
    """The document as its source gave it, from what is stored, with what is said over it."""
    stored = registry.stored_version(record.doc_id, record.version)
    if stored is None:
        raise DocumentRequestError(f"the text of {record.doc_id} is not stored; run: pincite doctor")
    columns = (passages.c.start, passages.c.end, passages.c.headings, passages.c.page)
    query = select(*columns).where(passages.c.doc_id == record.doc_id).order_by(passages.c.start)
    with registry.engine.connect() as connection:
        rows = connection.execute(query).all()
    spans = [PassageSpan(row.start, row.end, tuple(row.headings), row.page) for row in rows]
    loaded = LoadedDocument(
        stored.text,
        record.title,
        record.media_type,
        (),
        tuple(stored.pages),
        dict(source),
        stored.layout,
        tuple(registry.hidden(record.doc_id)),
    )
    return NewDocument(record.source, record.uri, record.content_sha256, record.pipeline, loaded, spans, said)


def _readers(readers: Sequence[str]) -> tuple[str, ...]:
    try:
        named = checked_readers(readers)
    except JobError as error:
        raise DocumentRequestError(str(error)) from None
    if NOBODY in named:
        raise DocumentRequestError(f"{NOBODY!r} is no group; delete the document, or name who may read it")
    return tuple(sorted(set(named)))


def _metadata(given: Mapping[str, Any]) -> tuple[dict[str, MetadataValue], set[str]]:
    """What is set, and which keys are left out."""
    if len(given) > MOST_KEYS:
        raise DocumentRequestError(f"{MOST_KEYS} keys can be changed at once")
    set_to: dict[str, MetadataValue] = {}
    dropped: set[str] = set()
    for name, value in given.items():
        key = _text(name).strip()
        if not key or key in _OURS:
            raise DocumentRequestError(f"{name[:80]!r} is no metadata to change; readers say who may read")
        if key in BUILT_IN_FACTS:
            raise DocumentRequestError(f"{key!r} says which document it is, and cannot be changed")
        if value is None:
            dropped.add(key)
        elif isinstance(value, list) and len(value) <= MOST_VALUES:
            set_to[key] = [_text(one) for one in value]
        elif isinstance(value, bool | int | float) and value == value:
            set_to[key] = value
        else:
            set_to[key] = _text(value)
    return set_to, dropped


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARS:
        raise DocumentRequestError(
            f"metadata are texts of {MOST_CHARS} characters, numbers, true, false, or {MOST_VALUES} texts"
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise DocumentRequestError("metadata hold half a character (a lone surrogate)") from None
    return value
