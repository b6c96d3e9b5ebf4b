"""The documents that somebody may read, listed and read: what the tools over whole documents stand on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from langchain_core.documents import Document
from sqlalchemy import select

from app.registry.registry import Registry
from app.registry.schema import documents, passages, versions
from app.retrieval.scope import Scope, document_conditions, make_scope, resolved
from app.retrieval.stored_passages import stored_passages
from app.safety.links import keep_allowed_links
from tools.document_shelf import DocumentPart, ListedDocument, NoSuchPartError
from tools.list_documents import matches

NONE = "no document that may be read is called so"
CHANGED = "the document has changed since that passage was found: search again"
SEVERAL = "several documents are called so: name one by its id"

_SAID = ("date", "version", "status", "author", "language")
"""Metadata that a list shows."""


class ReadableDocuments:
    """``tools.document_shelf.DocumentShelf`` and ``TextShelf`` over the registry, each query in
    the scope of who asks."""

    def __init__(self, registry: Registry, link_hosts: Collection[str]) -> None:
        self._engine = registry.engine
        self._link_hosts = frozenset(link_hosts)

    def listed(
        self, *, groups: Sequence[str], filters: Mapping[str, Any], words: str = ""
    ) -> list[ListedDocument]:
        """All of them whose title or URI has the words, by title."""
        query = select(documents).where(*document_conditions(self._scope(groups, filters)))
        with self._engine.connect() as connection:
            rows = list(connection.execute(query.order_by(documents.c.title, documents.c.uri)))
        found = [
            ListedDocument(
                row.doc_id,
                keep_allowed_links(row.title, self._link_hosts).text,
                row.uri,
                {key: str(row.metadata[key]) for key in _SAID if row.metadata.get(key) is not None},
            )
            for row in rows
        ]
        return [one for one in found if matches(words, {"title": one.title, "uri": one.uri})]

    def read(
        self, part: DocumentPart, *, groups: Sequence[str], filters: Mapping[str, Any], characters: int
    ) -> list[Document]:
        """Its passages in order, with so many characters at most; one at least.

        Raises:
            NoSuchPartError: there is none that may be read.
        """
        scope = self._scope(groups, filters)
        doc_id = self._named(part, scope)
        stored = stored_passages(self._engine, scope, self._link_hosts, passages.c.doc_id == doc_id)
        rows = [(passage_id, row) for passage_id, row in stored.items() if row["text"].strip()]
        if not rows:
            raise NoSuchPartError(NONE)
        if part.version and rows[0][1]["version"] != part.version:
            raise NoSuchPartError(CHANGED)
        chosen = _chosen(part, [row for _, row in rows], characters)
        return [
            Document(row["text"], id=passage_id, metadata={key: row[key] for key in row if key != "text"})
            for passage_id, row in (rows[at] for at in chosen)
        ]

    def whole(self, part: DocumentPart, *, groups: Sequence[str], filters: Mapping[str, Any]) -> Document:
        """The canonical text of the document of that part, its metadata those of a passage.

        Raises:
            NoSuchPartError: there is none that may be read.
        """
        scope = self._scope(groups, filters)
        doc_id = self._named(part, scope)
        of_it = passages.c.doc_id == doc_id
        stored = stored_passages(self._engine, scope, self._link_hosts, of_it)
        query = (
            select(versions.c.version, versions.c.text, documents.c.media_type)
            .join(
                documents,
                (documents.c.doc_id == versions.c.doc_id) & (documents.c.version == versions.c.version),
            )
            .where(versions.c.doc_id == doc_id, *document_conditions(scope))
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        if found is None or not stored:
            raise NoSuchPartError(NONE)
        if part.version and found.version != part.version:
            raise NoSuchPartError(CHANGED)
        first = next(iter(stored.values()))
        told = {key: first[key] for key in ("doc_id", "uri", "title", "source", "metadata")}
        return Document(
            found.text,
            metadata={**told, "version": found.version, "headings": [], "media_type": found.media_type},
        )

    def _scope(self, groups: Sequence[str], filters: Mapping[str, Any]) -> Scope:
        return resolved(self._engine, make_scope(groups, filters))

    def _named(self, part: DocumentPart, scope: Scope) -> str:
        """The document of this id, else the only one of this title, file name or words."""
        with self._engine.connect() as connection:
            columns = select(documents.c.doc_id, documents.c.title, documents.c.uri)
            rows = list(connection.execute(columns.where(*document_conditions(scope))))
        name = part.doc_id
        if any(row.doc_id == name for row in rows):
            return name
        if part.version:
            # The number of a passage was given; that document is no more, or not theirs to read any more.
            raise NoSuchPartError(NONE)
        folded = name.casefold()
        exact = [
            row for row in rows if folded in (row.title.casefold(), row.uri.rpartition("/")[2].casefold())
        ]
        found = exact or [row for row in rows if matches(name, {"title": row.title, "uri": row.uri})]
        if len(found) != 1:
            raise NoSuchPartError(SEVERAL if found else NONE)
        return str(found[0].doc_id)


def _chosen(part: DocumentPart, rows: Sequence[Mapping[str, Any]], characters: int) -> list[int]:
    """Which of a document's passages are read."""
    if part.section:
        wanted = part.section.casefold()
        within = [at for at, row in enumerate(rows) if wanted in _headings(row)]
        if not within:
            raise NoSuchPartError("the document has no section called so")
        return _from(within, rows, characters)
    if part.page is not None:
        # A passage is noted with the page it begins on.
        last = max((at for at, row in enumerate(rows) if (row["page"] or 0) < part.page), default=None)
        on = [at for at, row in enumerate(rows) if row["page"] == part.page]
        if not any(row["page"] for row in rows):
            raise NoSuchPartError("the document has no pages")
        if not on and (last is None or last == len(rows) - 1):
            raise NoSuchPartError("the document has no such page")
        return _from(sorted({*on, *([last] if last is not None else [])}), rows, characters)
    if part.version:
        return _around(part, rows, characters)
    return _from(range(len(rows)), rows, characters)


def _headings(row: Mapping[str, Any]) -> str:
    first = row["text"].lstrip().partition("\n")[0]
    return " ".join([*row["headings"], first if first.startswith("#") else ""]).casefold()


def _from(places: Sequence[int], rows: Sequence[Mapping[str, Any]], characters: int) -> list[int]:
    chosen: list[int] = []
    left = characters
    for at in places:
        left -= len(rows[at]["text"])
        if chosen and left < 0:
            break
        chosen.append(at)
    return chosen


def _around(part: DocumentPart, rows: Sequence[Mapping[str, Any]], characters: int) -> list[int]:
    """The passages that hold the place, then those after and before it by turns."""
    holding = [at for at, row in enumerate(rows) if row["start"] < part.end and part.start < row["end"]]
    if not holding:
        raise NoSuchPartError(CHANGED)
    low, high, last = holding[0], holding[-1], len(rows) - 1
    left = characters - sum(len(rows[at]["text"]) for at in holding)
    forward = True
    while low > 0 or high < last:
        at = high + 1 if high < last and (forward or low == 0) else low - 1
        left -= len(rows[at]["text"])
        if left < 0:
            break
        low, high, forward = min(low, at), max(high, at), not forward
    return list(range(low, high + 1))
