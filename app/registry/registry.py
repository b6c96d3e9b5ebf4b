"""The document registry: documents, their versions with canonical text, and their passages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
)

from app.registry.document import HiddenText
from app.registry.kept_versions import keep_cited
from app.registry.new_document import NewDocument, retire_passages, write_documents
from app.registry.overrides import Override, overrides_of, with_override
from app.registry.schema import (
    EVERYONE,
    documents,
    hidden,
    passages,
    readers,
    state,
    vector_journal,
    versions,
)
from app.registry.stored_text import StoredText


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

    def index_id(self) -> str:
        """Names this index among others, on a server that several use; made when first asked for."""
        with self._engine.begin() as connection:
            values = {"key": "index", "value": uuid4().hex}
            connection.execute(insert(state).prefix_with("OR IGNORE").values(values))
            return str(connection.scalar(select(state.c.value).where(state.c.key == "index")))

    def documents(self, source: str | None = None) -> list[DocumentRecord]:
        """All documents, by source and URI."""
        return self._records(*([documents.c.source == source] if source is not None else []))

    def _records(self, *conditions: ColumnElement[bool]) -> list[DocumentRecord]:
        count = select(func.count()).where(passages.c.doc_id == documents.c.doc_id).scalar_subquery()
        chosen = select(documents.c.doc_id).where(*conditions)
        query = (
            select(documents, count.label("passage_count"))
            .where(*conditions)
            .order_by(documents.c.source, documents.c.uri)
        )
        named = select(readers).where(readers.c.reader != EVERYONE, readers.c.doc_id.in_(chosen))
        with self._engine.connect() as connection:
            groups: dict[str, list[str]] = {}
            for doc_id, reader in connection.execute(named):
                groups.setdefault(doc_id, []).append(reader)
            return [_record(row, groups.get(row.doc_id, [])) for row in connection.execute(query)]

    def find(self, name: str) -> list[DocumentRecord]:
        """Documents whose id or URI is ``name``, or else whose id starts or URI ends with it."""
        exact = self._records(or_(documents.c.doc_id == name, documents.c.uri == name))
        if exact or not name:
            return exact
        end = "/" + name
        return self._records(
            or_(
                func.substr(documents.c.doc_id, 1, len(name)) == name,
                func.substr(documents.c.uri, -len(end)) == end,
            )
        )

    def at(self, uri: str) -> DocumentRecord | None:
        """The document of this URI."""
        return next(iter(self._records(documents.c.uri == uri)), None)

    def named(self, doc_ids: Collection[str]) -> dict[str, DocumentRecord]:
        """The documents of exactly these ids, by id."""
        return {record.doc_id: record for record in self._chunked(documents.c.doc_id, doc_ids)}

    def of_versions(self, wanted: Collection[str]) -> dict[str, DocumentRecord]:
        """Documents whose current text is one of these versions, by version: the first by source and URI."""
        found: dict[str, DocumentRecord] = {}
        for record in self._chunked(documents.c.version, wanted):
            found.setdefault(record.version, record)
        return found

    def _chunked(self, column: Column[str], wanted: Collection[str]) -> Iterator[DocumentRecord]:
        ordered = sorted(wanted)
        for begin in range(0, len(ordered), 500):
            yield from self._records(column.in_(ordered[begin : begin + 500]))

    def text(self, doc_id: str, version: str | None = None) -> str | None:
        """The canonical text of exactly this version; of the current one by default."""
        query = select(versions.c.text).where(versions.c.doc_id == doc_id)
        if version is None:
            query = query.join(
                documents,
                (documents.c.doc_id == versions.c.doc_id) & (documents.c.version == versions.c.version),
            )
        else:
            query = query.where(versions.c.version == version)
        with self._engine.connect() as connection:
            found: str | None = connection.scalar(query)
        return found

    def hidden(self, doc_id: str) -> list[HiddenText]:
        """What readers of a document's source do not see, in its order."""
        query = select(hidden).where(hidden.c.doc_id == doc_id).order_by(hidden.c.number)
        with self._engine.connect() as connection:
            return [
                HiddenText(row.how, row.place, row.text, row.chars, row.kind)
                for row in connection.execute(query)
            ]

    def texts(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The canonical texts of these versions, by (doc_id, version), in one read; those that are there."""
        query = select(versions.c.doc_id, versions.c.version, versions.c.text).where(
            tuple_(versions.c.doc_id, versions.c.version).in_(sorted(keys))
        )
        with self._engine.connect() as connection:
            return {(row.doc_id, row.version): row.text for row in connection.execute(query)}

    def stored_versions(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], StoredText]:
        """``stored_version`` of several, in one read; those that are there."""
        query = select(
            versions.c.doc_id, versions.c.version, versions.c.text, versions.c.pages, versions.c.layout
        ).where(tuple_(versions.c.doc_id, versions.c.version).in_(sorted(keys)))
        with self._engine.connect() as connection:
            return {
                (row.doc_id, row.version): StoredText(row.text, row.pages or (), row.layout or b"")
                for row in connection.execute(query)
            }

    def stored_version(self, doc_id: str, version: str) -> StoredText | None:
        """The text of exactly this version with its pages and layout, in one read."""
        query = select(versions.c.text, versions.c.pages, versions.c.layout).where(
            versions.c.doc_id == doc_id, versions.c.version == version
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return StoredText(row.text, row.pages or (), row.layout or b"") if row is not None else None

    def may_read(
        self, keys: Collection[tuple[str, str]], groups: Sequence[str]
    ) -> dict[tuple[str, str], bool]:
        """Of these (doc_id, version), for those that are stored, whether somebody in ``groups`` may read it;
        in one read."""
        may = exists().where(readers.c.doc_id == versions.c.doc_id, readers.c.reader.in_([EVERYONE, *groups]))
        query = select(versions.c.doc_id, versions.c.version, may.label("may")).where(
            tuple_(versions.c.doc_id, versions.c.version).in_(sorted(keys))
        )
        with self._engine.connect() as connection:
            return {(row.doc_id, row.version): bool(row.may) for row in connection.execute(query)}

    def readers_of(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Of these (doc_id, version), for those that are stored, the groups that may read it; none: all."""
        query = (
            select(versions.c.doc_id, versions.c.version, readers.c.reader)
            .join(readers, readers.c.doc_id == versions.c.doc_id)
            .where(tuple_(versions.c.doc_id, versions.c.version).in_(sorted(keys)))
        )
        found: dict[tuple[str, str], set[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault((row.doc_id, row.version), set()).add(row.reader)
        return {key: () if EVERYONE in who else tuple(sorted(who)) for key, who in found.items()}

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

    def size(self) -> tuple[int, int, str]:
        """Passages, documents, and when a document was last added or changed (ISO, empty where none is)."""
        query = select(func.count(), func.max(documents.c.updated_at)).select_from(documents)
        with self._engine.connect() as connection:
            count, changed = connection.execute(query).one()
            held = int(connection.scalar(select(func.count()).select_from(passages)) or 0)
        return held, int(count), str(changed or "")

    def last_number(self) -> int:
        """The highest passage number ever given out; 0 when there was none."""
        with self._engine.connect() as connection:
            query = text("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")
            return int(connection.scalar(query) or 0)

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

    def overridden(self, new: Sequence[NewDocument]) -> list[NewDocument]:
        """The documents with what was said over their sources, which holds whatever these say now."""
        with self._engine.connect() as connection:
            said = overrides_of(connection, [one.doc_id for one in new if one.override is None])
        return [
            one
            if override is None
            else replace(
                one,
                loaded=with_override(one.loaded, override),
                override=replace(override, original=one.loaded.metadata),
            )
            for one in new
            for override in [one.override or said.get(one.doc_id)]
        ]

    def override(self, doc_id: str) -> Override | None:
        """What was said over the source of a document; None where nothing was."""
        with self._engine.connect() as connection:
            return overrides_of(connection, [doc_id]).get(doc_id)

    def replace(self, *new: NewDocument) -> None:
        """Put new versions in the place of the old in one transaction: document, text, passages.

        The passages get the numbers that follow ``last_number``, in order. No document comes twice.
        """
        with self._engine.begin() as connection:
            retire_passages(connection, [one.doc_id for one in new])
            write_documents(connection, new, self._now())
            _advance(connection)

    def remove(self, doc_id: str, cited: Collection[tuple[str, str]] = ()) -> bool:
        """Remove a document with all its versions; False when there is none.

        Of those among ``cited`` the text is put aside, for citations to be checked against
        (see ``app.registry.kept_versions``).
        """
        with self._engine.begin() as connection:
            keep_cited(connection, doc_id, cited, self._now())
            retire_passages(connection, [doc_id])
            found = connection.execute(delete(documents).where(documents.c.doc_id == doc_id)).rowcount
            if found:
                _advance(connection)
            return bool(found)


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
