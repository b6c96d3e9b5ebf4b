"""``pincite list``, ``text`` and ``show``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sqlalchemy import select

from app.corpus import Corpus
from app.documents.readable import readable
from app.registry.registry import DocumentRecord
from app.registry.requester import OWNER_OF_THE_FOLDER
from app.registry.schema import documents
from app.terminal.document_text import (
    NotADocumentError,
    citation_of,
    print_documents,
    print_words,
    said_of_hidden,
)
from app.terminal.printable import one_line
from tools.filters import said


def run_list(corpus: Corpus, source: str | None, as_json: bool, filters: Sequence[str] = ()) -> int:
    """Print all documents, or those of one source, as the filters narrow them."""
    records = corpus.registry.documents(source)
    if filters:
        chosen = select(documents.c.doc_id).where(
            *readable(corpus.registry.engine, OWNER_OF_THE_FOLDER, filters)
        )
        with corpus.registry.engine.connect() as connection:
            left = set(connection.scalars(chosen))
        records = [record for record in records if record.doc_id in left]
    if as_json:
        return print_documents(records, as_json)
    if not records and filters:
        print(f"no document matches the filter {one_line(said(filters))}")
        return 0
    if not records:
        print(
            "no documents yet; add some with: pincite add PATH"
            if source is None
            else f"no documents in {source}"
        )
        return 0
    return print_documents(records, as_json)


def run_text(corpus: Corpus, name: str, version: str | None) -> int:
    """Write the canonical text in UTF-8, without anything added; what it leaves out is said beside it."""
    record = find_document(corpus, name)
    if said := said_of_hidden(record):
        print(said, file=sys.stderr)
    sys.stdout.flush()
    sys.stdout.buffer.write(stored_text(corpus, record, version).encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


def run_hidden(corpus: Corpus, name: str) -> int:
    """Print what readers of a document's source do not see: none of it is evidence but what is doubtful."""
    record = find_document(corpus, name)
    found = corpus.registry.hidden(record.doc_id)
    if not found:
        print(f"{record.doc_id} was read whole: nothing in it is hidden from its readers")
    for one in found:
        place = f", {one.where}" if one.where else ""
        print(one_line(f"{one.kind}: {one.how}{place} ({one.chars} characters)"))
        print(f"    {one_line(one.text)}")
    return 0


def run_show(corpus: Corpus, citation: str, context: int) -> int:
    """Print a citation's words, marked, with what stands around them."""
    match = citation_of(citation)
    if match is None:
        raise NotADocumentError(
            f"{citation!r} is not a citation; write DOC_ID@VERSION:START-END, as ask prints it"
        )
    record = find_document(corpus, match["doc"])
    text = stored_text(corpus, record, match["version"] or None)
    start, end = int(match["start"]), int(match["end"])
    if not 0 <= start < end <= len(text):
        raise NotADocumentError(
            f"the text of {record.doc_id} has {len(text)} characters; {start}-{end} is not in it"
        )
    is_current = not match["version"] or record.version.startswith(match["version"])
    print_words(record, text, start, end, context, is_current)
    return 0


def find_document(corpus: Corpus, name: str) -> DocumentRecord:
    """The one document ``name`` stands for: its id or URI, or the beginning or end of one.

    Raises:
        NotADocumentError: there is none, or more than one.
    """
    found = corpus.registry.find(name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotADocumentError(f"there is no document {name!r}; see: pincite list")
    several = ", ".join(record.doc_id for record in found[:3])
    raise NotADocumentError(
        f"{name!r} stands for {len(found)} documents ({several} …); give the whole doc_id"
    )


def stored_text(corpus: Corpus, record: DocumentRecord, version: str | None) -> str:
    """The canonical text of a version; here, as `ask` prints them short, its beginning may stand for it.

    Raises:
        NotADocumentError: that version is not stored, or its beginning fits several.
    """
    stands_for = version
    if version is not None:
        named = [one for one, _ in corpus.registry.versions(record.doc_id) if one.startswith(version)]
        stands_for = named[0] if len(named) == 1 else version
    text = corpus.registry.text(record.doc_id, stands_for)
    if text is None:
        stored = ", ".join(item[:12] for item, _ in corpus.registry.versions(record.doc_id))
        raise NotADocumentError(f"{record.doc_id} has no version {version!r}; stored are {stored}")
    return text
