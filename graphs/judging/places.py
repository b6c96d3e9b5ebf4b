"""Where a reader finds cited words: rectangles on a page, and a link that opens there."""

from __future__ import annotations

from typing import Any

from graphs.citing.text_fragment import citation_link
from graphs.judging.versions import CitedVersions
from graphs.state import EvidencePassage


def reading_places(
    versions: CitedVersions, passage: EvidencePassage, start: int, end: int, page: int | None
) -> dict[str, Any]:
    """``rects`` and ``link`` of a citation of ``start`` to ``end`` of the passage's version."""
    doc_id, version = passage["doc_id"], passage["version"]
    found = versions.rects_at(doc_id, version, start, end)
    names = ("page", "x0", "y0", "x1", "y1")
    web = passage["uri"].startswith(("http://", "https://"))
    # Only a link to a web page needs the text.
    text = versions.text(doc_id, version) if web and page is None else None
    return {
        "rects": [dict(zip(names, rectangle, strict=True)) for rectangle in found],
        "link": citation_link(passage["uri"], start, end, text=text, page=page, is_pdf=bool(found)),
    }
