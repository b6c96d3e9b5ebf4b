"""``pincite list``, ``text`` and ``show``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import select

from app.corpus import Corpus
from app.documents.readable import readable
from app.errors import PinciteError
from app.ingestion.load.hidden import HIDDEN_CHARS, RISK
from app.registry.registry import DocumentRecord
from app.registry.requester import OWNER_OF_THE_FOLDER
from app.registry.schema import EVERYONE, documents
from app.terminal.output import output_console
from app.terminal.printable import one_line, printable
from tools.filters import said

_CITATION = re.compile(r"(?P<doc>.+?)(?:@(?P<version>[0-9a-f]{4,64}))?:(?P<start>\d+)-(?P<end>\d+)")


class NotADocumentError(PinciteError, LookupError):
    """A name that stands for no document or for several; the message says what to give instead."""

    code = "not-a-document"
    status = 404


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
        print(json.dumps([asdict(record) for record in records], indent=2, ensure_ascii=False))
        return 0
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
    if not sys.stdout.isatty():
        for record in records:
            groups = ",".join(record.groups) or EVERYONE
            risk = _risk(record)
            fields = (record.doc_id, record.source, record.passages, groups, record.title, record.uri, risk)
            print(*(one_line(str(item)) for item in fields), sep="\t")
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("doc_id", "source", "title", "kind", "passages", "readers", "risk"):
        table.add_column(name, overflow="fold", justify="right" if name == "passages" else "left")
    for record in records:
        kind = record.media_type.rpartition("/")[2][:20]
        readers = ", ".join(record.groups) or EVERYONE
        cells = (
            record.doc_id,
            record.source,
            record.title,
            kind,
            str(record.passages),
            readers,
            _risk(record),
        )
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    Console(highlight=False).print(table)
    print(f"{len(records)} documents, {sum(record.passages for record in records)} passages")
    return 0


def run_text(corpus: Corpus, name: str, version: str | None) -> int:
    """Write the canonical text in UTF-8, without anything added; what it leaves out is said beside it."""
    record = find_document(corpus, name)
    if said := _said_of_hidden(record):
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
    match = _CITATION.fullmatch(citation.strip())
    if match is None:
        raise NotADocumentError(
            f"{citation!r} is not a citation; write DOC_ID@VERSION:START-END, as ask prints it"
        )
    record = find_document(corpus, match["doc"])
    text = stored_text(corpus, record, match["version"])
    start, end = int(match["start"]), int(match["end"])
    if not 0 <= start < end <= len(text):
        raise NotADocumentError(
            f"the text of {record.doc_id} has {len(text)} characters; {start}-{end} is not in it"
        )
    before, after = max(0, start - context), min(len(text), end + context)
    lead, words, rest = (printable(text[a:b]) for a, b in ((before, start), (start, end), (end, after)))
    shown = Text("…" if before else "")
    shown.append(lead, style="dim").append(words, style="bold reverse")
    shown.append(rest, style="dim").append("…" if after < len(text) else "")
    console = output_console()
    current = (
        ""
        if match["version"] is None or record.version.startswith(match["version"])
        else " (an older version)"
    )
    head = one_line(f"{record.title}{current}, {record.uri}, characters {start} to {end}")
    console.print(Text(head, style="bold"), soft_wrap=True)
    if said := _said_of_hidden(record):
        console.print(Text(said), soft_wrap=True)
    if not console.is_terminal:
        print(f"{lead}>>>{words}<<<{rest}")
        return 0
    console.print(shown)
    return 0


def _risk(record: DocumentRecord) -> str:
    return ", ".join(map(str, record.metadata.get(RISK) or ()))


def _said_of_hidden(record: DocumentRecord) -> str:
    """One line for a document that has a risk; empty for others."""
    if not _risk(record):
        return ""
    return one_line(
        f"risk: {_risk(record)} ({record.metadata.get(HIDDEN_CHARS)} characters; to see them: "
        f"pincite text --hidden {record.doc_id})"
    )


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
