"""The list of documents, a page at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, func, select, tuple_

from app.documents.readable import DocumentRequestError, readable
from app.registry.registry import DocumentRecord, Registry
from app.registry.requester import Requester
from app.registry.schema import documents
from tools.filters import Filters

SortKey = Literal["title", "updated", "uri", "source"]

MOST_LISTED = 500
"""Documents of one page."""

_COLUMNS: dict[str, ColumnElement[Any]] = {
    "title": func.lower(documents.c.title),
    "updated": documents.c.updated_at,
    "uri": documents.c.uri,
    "source": documents.c.source,
}


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """``next`` is the cursor of the page that follows, empty at the end. ``total`` counts all pages."""

    documents: Sequence[DocumentRecord]
    total: int
    next: str = ""


def list_documents(
    registry: Registry,
    requester: Requester,
    *,
    filters: Filters | None = None,
    words: str = "",
    sort: SortKey = "title",
    descending: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> DocumentPage:
    """Documents that may be read, as the filters and ``words`` (in title or URI) narrow them.

    A cursor names the last document that was shown: what is added or removed between two pages makes no
    other document come twice or not at all.

    Raises:
        FilterError: a filter is not understood. DocumentRequestError: the sort, the limit or the cursor.
    """
    if sort not in get_args(SortKey):
        raise DocumentRequestError(
            f"documents are sorted by {', '.join(get_args(SortKey))}; name one of them"
        )
    if not 1 <= limit <= MOST_LISTED:
        raise DocumentRequestError(f"a page has 1 to {MOST_LISTED} documents")
    column = _COLUMNS[sort]
    conditions = readable(registry.engine, requester, filters)
    # As SQLite's lower() does: letters of ASCII alone.
    for word in "".join(char.lower() if char.isascii() else char for char in words).split()[:20]:
        held = func.lower(documents.c.title + " " + documents.c.uri)
        conditions.append(func.instr(held, word) > 0)
    place = tuple_(column, documents.c.doc_id)
    order = (column.desc(), documents.c.doc_id.desc()) if descending else (column, documents.c.doc_id)
    query = select(documents.c.doc_id, column.label("value")).where(*conditions)
    if cursor:
        last = tuple_(*_last(cursor, sort, descending))
        query = query.where(place < last if descending else place > last)
    with registry.engine.connect() as connection:
        count = select(func.count()).select_from(documents).where(*conditions)
        total = int(connection.scalar(count) or 0)
        rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    records = registry.named([row.doc_id for row in shown])
    following = ""
    if len(rows) > limit:
        following = _cursor([sort, descending, shown[-1].value, shown[-1].doc_id])
    return DocumentPage([records[row.doc_id] for row in shown if row.doc_id in records], total, following)


def _cursor(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode()


def _last(cursor: str, sort: str, descending: bool) -> tuple[str, str]:
    try:
        by, backwards, value, doc_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError):
        by = backwards = value = doc_id = None
    if (by, backwards) != (sort, descending) or not isinstance(value, str) or not isinstance(doc_id, str):
        raise DocumentRequestError("the cursor is not of this list; begin without one, with the same sort")
    return value, doc_id
