"""AsciiDoc and Org: plain text whose headings are marked by leading ``=`` or ``*``."""

from __future__ import annotations

import re

from app.ingestion.load.restrictions import refuse_unclear
from app.ingestion.load.structure import first_title
from app.ingestion.load.text import text_blocks
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import Block, LoadedDocument

_ASCIIDOC = re.compile(r"^(={1,6}) +(\S.*?)(?: +=+)?[ \t]*$", re.MULTILINE)
_ORG = re.compile(r"^(\*{1,6}) +(?:(?:TODO|DONE) +)?(\S.*?)(?:[ \t]+:[\w@:]+:)?[ \t]*$", re.MULTILINE)
_ASCIIDOC_FENCE = re.compile(r"^(-{4,}|\.{4,}|={4,}|\+{4,})[ \t]*\n.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_ORG_FENCE = re.compile(
    r"^[ \t]*#\+begin_(src|example)\b.*?^[ \t]*#\+end_\1\b.*?$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
_ORG_TITLE = re.compile(r"^#\+title:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ASCIIDOC_TABLE = re.compile(r"^\|={3,}[ \t]*\n.*?^\|={3,}[ \t]*$", re.MULTILINE | re.DOTALL)


def load_outline(name: str, data: bytes) -> LoadedDocument:
    """An AsciiDoc or Org file; the source itself is the canonical text.

    The title is ``#+title`` (Org), else the first heading, else the file's stem.
    Raises ``LoadError``: ``unclear-readers``, ``bad-encoding``, ``binary``.

    >>> [b.title for b in load_outline("a.org", b"* Leave\\nAsk.\\n** Sick\\nCall.").blocks if b.title]
    ['Leave', 'Sick']
    """
    text = canonical(decode(data))
    refuse_unclear(text)
    is_org = name.lower().endswith(".org")
    fences = [
        (found.start(), found.end()) for found in (_ORG_FENCE if is_org else _ASCIIDOC_FENCE).finditer(text)
    ]
    tables = [] if is_org else [(found.start(), found.end()) for found in _ASCIIDOC_TABLE.finditer(text)]
    blocks: list[Block] = []
    position = 0
    for found in (_ORG if is_org else _ASCIIDOC).finditer(text):
        if any(start <= found.start() < end for start, end in fences):
            continue
        blocks += _body(text, position, found.start(), fences, tables)
        blocks.append(Block("heading", found.start(), found.end(), len(found[1]), found[2].strip()))
        position = found.end()
    blocks += _body(text, position, len(text), fences, tables)
    named = _ORG_TITLE.search(text) if is_org else None
    title = named[1] if named else first_title(tuple(blocks))
    media_type = "text/org" if is_org else "text/asciidoc"
    return LoadedDocument(text, title or words_of_stem(name), media_type, tuple(blocks))


def _body(
    text: str, start: int, end: int, fences: list[tuple[int, int]], tables: list[tuple[int, int]]
) -> list[Block]:
    """The blocks between two headings: listings and tables whole, the rest as in plain text."""
    whole = [(*span, "code") for span in fences if start <= span[0] < end]
    whole += [(*span, "table") for span in tables if start <= span[0] < end]
    blocks: list[Block] = []
    for first, last, kind in [*sorted(whole), (end, end, "")]:
        if first < start:
            continue  # inside the one before
        for block in text_blocks(text[start:first]):
            plain = "paragraph" if block.kind == "heading" else block.kind  # headings are marked here
            blocks.append(Block(plain, block.start + start, block.end + start))
        if kind == "code":
            blocks.append(Block("code", first, last))
        elif kind:
            blocks.append(Block("table", first, last))
        start = last
    return blocks
