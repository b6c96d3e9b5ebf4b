"""Passages as the registry has them, for whoever may read them, with what a retriever says of each."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, select

from app.registry.schema import documents, passages
from app.retrieval.scope import Scope, document_conditions
from app.safety.links import keep_allowed_links


def stored_passages(
    engine: Engine, scope: Scope, link_hosts: frozenset[str], *conditions: ColumnElement[bool]
) -> dict[str, dict[str, Any]]:
    """By passage id, in the order of their documents: ``text``, and the metadata of a LangChain document.

    Titles and headings are a document's own words: of their links only those to ``link_hosts`` stay.
    """
    query = (
        select(
            passages,
            documents.c.version,
            documents.c.uri,
            documents.c.title,
            documents.c.source,
            documents.c.metadata.label("document_metadata"),
        )
        .join(documents, documents.c.doc_id == passages.c.doc_id)
        .where(*conditions, *document_conditions(scope))
        .order_by(passages.c.doc_id, passages.c.start)
    )

    @cache
    def name(text: str) -> str:
        return " ".join(keep_allowed_links(text, link_hosts).text.split())

    with engine.connect() as connection:
        return {
            row.passage_id: {
                "text": row.text,
                "doc_id": row.doc_id,
                "version": row.version,
                "start": row.start,
                "end": row.end,
                "page": row.page,
                "headings": [name(heading) for heading in row.headings],
                "uri": row.uri,
                "title": name(row.title),
                "source": row.source,
                "metadata": row.document_metadata,
            }
            for row in connection.execute(query)
        }
