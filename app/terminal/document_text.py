"""Documents and their words, printed: of this machine or of a server. Nothing heavy is imported."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from app.errors import PinciteError
from app.terminal.output import output_console
from app.terminal.printable import one_line, printable
from app.terminal.record_text import data_of, print_json

_SPAN = re.compile(r"(\d+)-(\d+)")
_VERSION = re.compile(r"[0-9a-f]{4,64}")

EVERYONE = "everyone"
RISK, HIDDEN_CHARS = "risk", "hidden_chars"
"""Keys of metadata, as the readers of files write them."""


class NotADocumentError(PinciteError, LookupError):
    """A name that stands for no document or for several; the message says what to give instead."""

    code = "not-a-document"
    status = 404


def citation_of(text: str) -> dict[str, str] | None:
    """``doc``, ``version`` (empty where there is none), ``start`` and ``end``; None for what is no citation.

    >>> citation_of("a:b@12ab34cd:5-9")
    {'doc': 'a:b', 'version': '12ab34cd', 'start': '5', 'end': '9'}
    """
    name, _, place = text.strip().rpartition(":")
    span = _SPAN.fullmatch(place)
    doc, _, version = name.rpartition("@")
    if not doc or not _VERSION.fullmatch(version):
        doc, version = name, ""
    if span is None or not doc:
        return None
    return {"doc": doc, "version": version, "start": span[1], "end": span[2]}


def print_documents(records: Sequence[Any], as_json: bool) -> int:
    """A table for people, tabs for programs, or JSON."""
    if as_json:
        return print_json([data_of(record) for record in records])
    if not sys.stdout.isatty():
        for record in records:
            groups = ",".join(record.groups) or EVERYONE
            risk = risk_of(record)
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
            risk_of(record),
        )
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    output_console().print(table)
    print(f"{len(records)} documents, {sum(record.passages for record in records)} passages")
    return 0


def print_words(record: Any, text: str, start: int, end: int, context: int, is_current: bool) -> None:
    """The words from ``start`` to ``end`` of a document's text, marked, with what stands around them."""
    before, after = max(0, start - context), min(len(text), end + context)
    lead, words, rest = (printable(text[a:b]) for a, b in ((before, start), (start, end), (end, after)))
    shown = Text("…" if before else "")
    shown.append(lead, style="dim").append(words, style="bold reverse")
    shown.append(rest, style="dim").append("…" if after < len(text) else "")
    console = output_console()
    current = "" if is_current else " (an older version)"
    head = one_line(f"{record.title}{current}, {record.uri}, characters {start} to {end}")
    console.print(Text(head, style="bold"), soft_wrap=True)
    if said := said_of_hidden(record):
        console.print(Text(said), soft_wrap=True)
    if not console.is_terminal:
        print(f"{lead}>>>{words}<<<{rest}")
        return
    console.print(shown)


def risk_of(record: Any) -> str:
    """What it may hide, in words."""
    return ", ".join(map(str, record.metadata.get(RISK) or ()))


def said_of_hidden(record: Any) -> str:
    """One line for a document that has a risk; empty for others."""
    if not risk_of(record):
        return ""
    return one_line(
        f"risk: {risk_of(record)} ({record.metadata.get(HIDDEN_CHARS)} characters; to see them: "
        f"pincite text --hidden {record.doc_id})"
    )
