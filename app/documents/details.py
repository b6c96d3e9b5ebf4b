"""One document: what is known of it, and its text with all that says where in it something stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.corpus import Corpus
from app.documents.original_file import original_file
from app.documents.readable import DocumentRequestError, NoSuchDocumentError, readable_document
from app.ingestion.load.hidden import RISK
from app.registry.document import HiddenText
from app.registry.overrides import Override
from app.registry.registry import DocumentRecord
from app.registry.requester import Requester
from app.registry.schema import hidden, passages

MOST_CHARS = 1_000_000
"""Characters of a text that are given at once."""


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """``added_at`` is an ISO time in UTC."""

    version: str
    added_at: str
    current: bool


@dataclass(frozen=True, slots=True)
class DocumentDetails:
    """``risk`` names what the document may hide, ``hidden`` counts hidden words by kind.

    ``hidden_texts`` and ``override`` are for operators. ``has_file``: whether the file that it was uploaded
    as is kept, so that its pages can be shown.
    """

    record: DocumentRecord
    versions: Sequence[DocumentVersion]
    risk: tuple[str, ...]
    hidden: dict[str, int]
    has_file: bool
    hidden_texts: Sequence[HiddenText] = ()
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A passage, ``text[start:end]`` of the whole text, its page from 1, and the headings above it."""

    start: int
    end: int
    page: int | None
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentText:
    """``text`` is ``canonical[start:end]``; offsets of passages and pages count from the whole's beginning.

    ``pages`` are the offsets at which pages start; none for formats without, nor ``passages`` for earlier
    versions.
    """

    doc_id: str
    version: str
    start: int
    end: int
    length: int
    text: str
    pages: tuple[int, ...]
    passages: Sequence[TextSpan]


def show_document(corpus: Corpus, requester: Requester, doc_id: str) -> DocumentDetails:
    """Raises ``NoSuchDocumentError``: there is none that may be read."""
    registry = corpus.registry
    record = readable_document(registry, requester, doc_id)
    counts = select(hidden.c.kind, func.sum(hidden.c.chars)).where(hidden.c.doc_id == doc_id)
    with registry.engine.connect() as connection:
        chars = {str(kind): int(count) for kind, count in connection.execute(counts.group_by(hidden.c.kind))}
    found = record.metadata.get(RISK) or ()
    return DocumentDetails(
        record,
        [DocumentVersion(*one, current=one[0] == record.version) for one in registry.versions(doc_id)],
        (found,) if isinstance(found, str) else tuple(map(str, found)),
        chars,
        original_file(corpus, record) is not None,
        registry.hidden(doc_id) if requester.operator else (),
        registry.override(doc_id) if requester.operator else None,
    )


def document_text(
    corpus: Corpus,
    requester: Requester,
    doc_id: str,
    version: str = "",
    start: int = 0,
    end: int | None = None,
) -> DocumentText:
    """The canonical text, or so much of it, of the current version or exactly this one.

    Raises:
        NoSuchDocumentError: there is none that may be read. DocumentRequestError: no such part of it.
    """
    record = readable_document(corpus.registry, requester, doc_id)
    wanted = version or record.version
    stored = corpus.registry.stored_version(doc_id, wanted)
    if stored is None:
        raise NoSuchDocumentError(f"{doc_id!r} has no version {wanted[:64]!r}")
    length = len(stored.text)
    stop = min(length if end is None else end, length)
    if not 0 <= start <= stop or stop - start > MOST_CHARS:
        raise DocumentRequestError(
            f"the text has {length} characters; ask for {MOST_CHARS} of them at most, from start to end"
        )
    spans: list[TextSpan] = []
    if wanted == record.version:
        within = (passages.c.doc_id == doc_id, passages.c.start < stop, passages.c.end > start)
        query = select(passages.c.start, passages.c.end, passages.c.page, passages.c.headings).where(*within)
        with corpus.registry.engine.connect() as connection:
            rows = connection.execute(query.order_by(passages.c.start)).all()
        spans = [TextSpan(row.start, row.end, row.page, tuple(row.headings)) for row in rows]
    return DocumentText(
        doc_id, wanted, start, stop, length, stored.text[start:stop], tuple(stored.pages), spans
    )
