"""Addresses of pages, as other pages link to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode


def document_address(doc_id: str, page: str = "") -> str:
    """A document's page, or one below it.

    >>> document_address("a/b"), document_address("a", "change")
    ('/documents/a%2Fb', '/documents/a/change')
    """
    return f"/documents/{quote(doc_id, safe='')}" + (f"/{page}" if page else "")


def source_address(doc_id: str, version: str = "", start: int | None = None, end: int | None = None) -> str:
    """Where a document is opened, at the words from ``start`` to ``end`` of one of its versions.

    >>> source_address("a/b", "v1", 3, 9)
    '/documents/a%2Fb/source?version=v1&start=3&end=9#lit'
    >>> source_address("a")
    '/documents/a/source'
    """
    path = f"/documents/{quote(doc_id, safe='')}/source"
    asked: dict[str, Any] = {"version": version} if version else {}
    if start is None or end is None:
        return f"{path}?{urlencode(asked)}" if asked else path
    return f"{path}?{urlencode({**asked, 'start': start, 'end': end})}#lit"
