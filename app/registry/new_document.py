"""A document as one write puts it into the registry, and the rows it becomes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.registry.document import LoadedDocument, PassageSpan
from app.registry.overrides import Override, readers_in, write_overrides
from app.registry.schema import (
    documents,
    facts,
    hidden,
    passages,
    readers,
    retired,
    vector_journal,
    versions,
)

BUILT_IN_FACTS = ("source", "doc_id", "uri", "media_type")


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What one write replaces a document with. ``pipeline`` ends with the fingerprint of its vectors."""

    source: str
    uri: str
    content_sha256: str
    pipeline: str
    loaded: LoadedDocument
    spans: Sequence[PassageSpan]
    override: Override | None = None
    """What is said over its source, to be noted with it."""

    @property
    def doc_id(self) -> str:
        return doc_id_of(self.uri)

    @property
    def passage_ids(self) -> list[str]:
        """One for each span, unique in the index and the same for the same words in the same place."""
        head = f"{self.doc_id}@{self.loaded.version[:16]}"
        return [f"{head}:{span.start}-{span.end}" for span in self.spans]

    @property
    def readers(self) -> tuple[str, ...]:
        """The document's groups; everyone, where its metadata names none."""
        return readers_in(self.loaded.metadata)

    def facts(self) -> dict[str, list[str]]:
        """Everything a filter may ask for, as strings. Front matter never overrides built-in keys."""
        found: dict[str, list[str]] = {}
        for key, value in self.loaded.metadata.items():
            name = f"meta.{key}" if key in BUILT_IN_FACTS else key
            values = value if isinstance(value, list) else [value]
            found[name] = sorted({str(v).lower() if isinstance(v, bool) else str(v) for v in values} - {""})
        found.update(
            source=[self.source], doc_id=[self.doc_id], uri=[self.uri], media_type=[self.loaded.media_type]
        )
        return {key: values for key, values in found.items() if values}


def doc_id_of(uri: str) -> str:
    """A stable, readable identifier: the last part of the URI and ten hex digits of its sha256.

    >>> doc_id_of("source://handbook/travel/Expenses 2026.md")
    'expenses-2026-beb17b94be'
    """
    name = PurePosixPath(unquote(urlsplit(uri).path)).stem or "document"
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48] or "document"
    return f"{slug}-{hashlib.sha256(uri.encode()).hexdigest()[:10]}"


def retire_passages(connection: Connection, doc_ids: Sequence[str]) -> None:
    """Take the passages of these documents out, and note them for the indexes to forget."""
    of = passages.c.doc_id.in_(doc_ids)
    old, numbers = select(passages.c.passage_id).where(of), select(passages.c.id).where(of)
    connection.execute(insert(vector_journal).prefix_with("OR IGNORE").from_select(["passage_id"], old))
    connection.execute(insert(retired).from_select(["number"], numbers))
    connection.execute(delete(passages).where(of))


def write_documents(connection: Connection, new: Sequence[NewDocument], now: str) -> None:
    """Insert or replace documents with all that hangs on them; their old passages are retired before."""
    # A few statements for all of them: SQLAlchemy takes longer to make one than SQLite to run it.
    doc_ids = [one.doc_id for one in new]
    put = upsert(documents)
    put = put.on_conflict_do_update(
        index_elements=["doc_id"], set_={c.name: c for c in put.excluded if c.name != "doc_id"}
    )
    connection.execute(put, [_document_row(one, now) for one in new])
    version = upsert(versions)
    # The same text read anew may come with its places, by a loader that knows them.
    version = version.on_conflict_do_update(
        index_elements=["doc_id", "version"], set_={"layout": version.excluded.layout}
    )
    connection.execute(version, [_version_row(one, now) for one in new])
    write_overrides(connection, [(one.doc_id, one.override) for one in new if one.override is not None])
    connection.execute(delete(readers).where(readers.c.doc_id.in_(doc_ids)))
    connection.execute(delete(facts).where(facts.c.doc_id.in_(doc_ids)))
    connection.execute(delete(hidden).where(hidden.c.doc_id.in_(doc_ids)))
    for table, rows in (
        (readers, [{"doc_id": one.doc_id, "reader": reader} for one in new for reader in one.readers]),
        (facts, [row for one in new for row in _fact_rows(one)]),
        (hidden, [row for one in new for row in _hidden_rows(one)]),
        (passages, [row for one in new for row in _passage_rows(one)]),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _document_row(new: NewDocument, now: str) -> dict[str, Any]:
    return {
        "doc_id": new.doc_id,
        "source": new.source,
        "uri": new.uri,
        "title": new.loaded.title,
        "media_type": new.loaded.media_type,
        "version": new.loaded.version,
        "content_sha256": new.content_sha256,
        "pipeline": new.pipeline,
        "metadata": new.loaded.metadata,
        "updated_at": now,
    }


def _version_row(new: NewDocument, now: str) -> dict[str, Any]:
    return {
        "doc_id": new.doc_id,
        "version": new.loaded.version,
        "text": new.loaded.text,
        "pages": list(new.loaded.pages),
        "added_at": now,
        "layout": new.loaded.layout or None,
    }


def _fact_rows(new: NewDocument) -> list[dict[str, Any]]:
    doc_id = new.doc_id
    return [{"doc_id": doc_id, "key": k, "value": v} for k, values in new.facts().items() for v in values]


def _hidden_rows(new: NewDocument) -> list[dict[str, Any]]:
    return [
        {
            "doc_id": new.doc_id,
            "number": number,
            "how": one.how,
            "place": one.where,
            "text": one.text,
            "chars": one.chars,
            "kind": one.kind,
        }
        for number, one in enumerate(new.loaded.hidden)
    ]


def _passage_rows(new: NewDocument) -> list[dict[str, Any]]:
    doc_id = new.doc_id
    return [
        {
            "passage_id": passage_id,
            "doc_id": doc_id,
            "start": span.start,
            "end": span.end,
            "page": span.page,
            "headings": list(span.headings),
            "text": new.loaded.text[span.start : span.end],
        }
        for passage_id, span in zip(new.passage_ids, new.spans, strict=True)
    ]
