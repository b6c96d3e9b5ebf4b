"""One document's current text with all that says where in it something stands, read at once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from app.registry.registry import DocumentRecord
from app.registry.schema import passages, versions
from app.registry.stored_text import page_of


@dataclass(frozen=True, slots=True)
class Reading:
    """``pages`` are the offsets at which pages start; ``sections`` passages as (start, headings above)."""

    record: DocumentRecord
    text: str
    pages: Sequence[int]
    sections: Sequence[tuple[int, tuple[str, ...]]]

    def page_at(self, offset: int) -> int | None:
        """The page of a character, counted from 1; None where there are no pages."""
        return page_of(self.pages, offset)

    def headings_at(self, offset: int) -> tuple[str, ...]:
        """The headings above a character; a Markdown heading within its passage is nearer than its path."""
        place = bisect_right(self.sections, offset, key=lambda section: section[0]) - 1
        start, above = self.sections[place] if place >= 0 else (0, ())
        nearer = re.findall(r"^#{1,6}[ \t]+(\S.*)", self.text[start:offset], re.MULTILINE)
        return (nearer[-1].strip(),) if nearer else above


def read_document(engine: Engine, record: DocumentRecord) -> Reading:
    """The current text of a document, its pages and sections."""
    of = versions.c.doc_id == record.doc_id
    text = select(versions.c.text, versions.c.pages).where(of, versions.c.version == record.version)
    sections = select(passages.c.start, passages.c.headings).where(passages.c.doc_id == record.doc_id)
    with engine.connect() as connection:
        row = connection.execute(text).one()
        found = connection.execute(sections.order_by(passages.c.start)).all()
    return Reading(record, row.text, row.pages, [(start, tuple(above)) for start, above in found])
