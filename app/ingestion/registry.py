"""The document registry: documents, their versions with canonical text, and their passages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from app.ingestion.document import LoadedDocument, PassageSpan
from app.ingestion.schema import (
    EVERYONE,
    documents,
    facts,
    passages,
    readers,
    state,
    vector_journal,
    versions,
)

BUILT_IN_FACTS = ("source", "doc_id", "uri", "media_type")


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the registry lists it. ``version`` is the current one."""

    doc_id: str
    source: str
    uri: str
    title: str
    media_type: str
    version: str
    content_sha256: str
    pipeline: str
    metadata: dict[str, Any]
    updated_at: str
    groups: tuple[str, ...] = ()
    passages: int = 0


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What one write replaces a document with. ``pipeline`` ends with the fingerprint of its vectors."""

    source: str
    uri: str
    content_sha256: str
    pipeline: str
    loaded: LoadedDocument
    spans: Sequence[PassageSpan]

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
        groups = self.loaded.metadata.get("groups", [])
        named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else [str(groups)]
        cleaned = sorted({str(group).strip() for group in named} - {""})
        return tuple(cleaned) or (EVERYONE,)

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


class Registry:
    """Reads for everyone, writes for the one process that holds the writer's lock."""

    def __init__(self, engine: Engine, now: Callable[[], str]) -> None:
        self._engine = engine
        self._now = now

    @property
    def engine(self) -> Engine:
        return self._engine

    def generation(self) -> int:
        """Grows by one with every committed change; 0 for an index that was never written."""
        return int(self.state("generation") or 0)

    def state(self, key: str) -> str | None:
        with self._engine.connect() as connection:
            value: str | None = connection.scalar(select(state.c.value).where(state.c.key == key))
            return value

    def set_state(self, key: str, value: str) -> None:
        with self._engine.begin() as connection:
            _set_state(connection, key, value)

    def documents(self, source: str | None = None) -> list[DocumentRecord]:
        """All documents, by source and URI."""
        counts = (
            select(passages.c.doc_id, func.count().label("n")).group_by(passages.c.doc_id).subquery("counts")
        )
        query = (
            select(documents, func.coalesce(counts.c.n, 0).label("passage_count"))
            .outerjoin(counts, counts.c.doc_id == documents.c.doc_id)
            .order_by(documents.c.source, documents.c.uri)
        )
        if source is not None:
            query = query.where(documents.c.source == source)
        with self._engine.connect() as connection:
            groups: dict[str, list[str]] = {}
            for doc_id, reader in connection.execute(select(readers).where(readers.c.reader != EVERYONE)):
                groups.setdefault(doc_id, []).append(reader)
            return [_record(row, groups.get(row.doc_id, [])) for row in connection.execute(query)]

    def find(self, name: str) -> list[DocumentRecord]:
        """Documents whose id or URI is ``name``, or else whose id starts or URI ends with it."""
        everything = self.documents()
        exact = [d for d in everything if name in (d.doc_id, d.uri)]
        if exact or not name:
            return exact
        return [d for d in everything if d.doc_id.startswith(name) or d.uri.endswith("/" + name)]

    def text(self, doc_id: str, version: str | None = None) -> str | None:
        """The canonical text of a version (the current one by default; a unique prefix is enough)."""
        query = select(versions.c.text).where(versions.c.doc_id == doc_id)
        if version is None:
            query = query.join(
                documents,
                (documents.c.doc_id == versions.c.doc_id) & (documents.c.version == versions.c.version),
            )
        else:
            query = query.where(versions.c.version.startswith(version, autoescape=True))
        with self._engine.connect() as connection:
            found = connection.scalars(query.limit(2)).all()
        return found[0] if len(found) == 1 else None

    def versions(self, doc_id: str) -> list[tuple[str, str]]:
        """Stored versions as (version, time added), oldest first."""
        query = select(versions.c.version, versions.c.added_at).where(versions.c.doc_id == doc_id)
        with self._engine.connect() as connection:
            return [
                (row.version, row.added_at) for row in connection.execute(query.order_by(versions.c.added_at))
            ]

    def is_all_of(self, fingerprint: str) -> bool:
        """Whether the vectors of every document are of this space; so it is with no documents."""
        other = select(documents.c.doc_id).where(
            ~documents.c.pipeline.endswith(f"/{fingerprint}", autoescape=True)
        )
        with self._engine.connect() as connection:
            return connection.execute(other.limit(1)).first() is None

    def passage_count(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(passages)) or 0)

    def announce(self, passage_ids: Iterable[str]) -> None:
        """Note vectors that are about to be written, so a killed writer leaves none behind for good."""
        rows = [{"passage_id": passage_id} for passage_id in passage_ids]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(vector_journal).prefix_with("OR IGNORE"), rows)

    def unsettled(self) -> tuple[list[str], list[str]]:
        """The noted vectors as (all of them, those no passage owns)."""
        with self._engine.connect() as connection:
            noted = list(connection.scalars(select(vector_journal.c.passage_id)))
            owned = set(
                connection.scalars(
                    select(vector_journal.c.passage_id).join(
                        passages, passages.c.passage_id == vector_journal.c.passage_id
                    )
                )
            )
        return noted, [passage_id for passage_id in noted if passage_id not in owned]

    def settled(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(vector_journal))

    def replace(self, new: NewDocument) -> None:
        """Put the new version in the place of the old in one transaction: document, text, passages, terms."""
        with self._engine.begin() as connection:
            _retire_passages(connection, new.doc_id)
            _write_document(connection, new, self._now())
            _advance(connection)

    def remove(self, doc_id: str) -> bool:
        """Remove a document with all its versions; False when there is none."""
        with self._engine.begin() as connection:
            _retire_passages(connection, doc_id)
            found = connection.execute(delete(documents).where(documents.c.doc_id == doc_id)).rowcount
            if found:
                _advance(connection)
            return bool(found)


def _retire_passages(connection: Connection, doc_id: str) -> None:
    old = select(passages.c.passage_id).where(passages.c.doc_id == doc_id)
    connection.execute(insert(vector_journal).prefix_with("OR IGNORE").from_select(["passage_id"], old))
    connection.execute(delete(passages).where(passages.c.doc_id == doc_id))


def _write_document(connection: Connection, new: NewDocument, now: str) -> None:
    loaded, doc_id = new.loaded, new.doc_id
    row = {
        "doc_id": doc_id,
        "source": new.source,
        "uri": new.uri,
        "title": loaded.title,
        "media_type": loaded.media_type,
        "version": loaded.version,
        "content_sha256": new.content_sha256,
        "pipeline": new.pipeline,
        "metadata": loaded.metadata,
        "updated_at": now,
    }
    if not connection.execute(update(documents).where(documents.c.doc_id == doc_id).values(row)).rowcount:
        connection.execute(insert(documents).values(row))
    version_row = {
        "doc_id": doc_id,
        "version": loaded.version,
        "text": loaded.text,
        "pages": list(loaded.pages),
        "added_at": now,
    }
    connection.execute(insert(versions).prefix_with("OR IGNORE").values(version_row))
    connection.execute(delete(readers).where(readers.c.doc_id == doc_id))
    connection.execute(insert(readers), [{"doc_id": doc_id, "reader": reader} for reader in new.readers])
    connection.execute(delete(facts).where(facts.c.doc_id == doc_id))
    connection.execute(
        insert(facts),
        [{"doc_id": doc_id, "key": k, "value": v} for k, values in new.facts().items() for v in values],
    )
    rows = [
        {
            "passage_id": passage_id,
            "doc_id": doc_id,
            "start": span.start,
            "end": span.end,
            "page": span.page,
            "headings": list(span.headings),
            "heading_path": " › ".join(span.headings),
            "text": loaded.text[span.start : span.end],
        }
        for passage_id, span in zip(new.passage_ids, new.spans, strict=True)
    ]
    if rows:
        connection.execute(insert(passages), rows)


def _advance(connection: Connection) -> None:
    value = connection.scalar(select(state.c.value).where(state.c.key == "generation"))
    _set_state(connection, "generation", str(int(value or 0) + 1))


def _set_state(connection: Connection, key: str, value: str) -> None:
    connection.execute(insert(state).prefix_with("OR REPLACE").values(key=key, value=value))


def _record(row: Any, groups: Sequence[str]) -> DocumentRecord:
    return DocumentRecord(
        doc_id=row.doc_id,
        source=row.source,
        uri=row.uri,
        title=row.title,
        media_type=row.media_type,
        version=row.version,
        content_sha256=row.content_sha256,
        pipeline=row.pipeline,
        metadata=row.metadata,
        updated_at=row.updated_at,
        groups=tuple(sorted(groups)),
        passages=row.passage_count,
    )
