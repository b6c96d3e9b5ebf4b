"""OpenDocument text, spreadsheets and presentations (.odt, .ods, .odp)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder, pipe_table
from app.ingestion.load.container import broken, opened
from app.ingestion.load.grid import add_grid
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.odf_unseen import take_unseen
from app.ingestion.load.structure import first_title
from app.ingestion.load.textnorm import canonical, tidy_layout, words_of_stem
from app.registry.document import LoadedDocument, MetadataValue

_WORDS = "OpenDocument file"
_BASE = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW, _OFFICE = (f"{_BASE}{name}:1.0}}" for name in ("text", "table", "drawing", "office"))
_PRESENTATION = f"{_BASE}presentation:1.0}}"
_TITLE_KEY, _AUTHOR_KEY = (
    "{http://purl.org/dc/elements/1.1/}title",
    "{http://purl.org/dc/elements/1.1/}creator",
)
# Notes of the author and of the software, and what stands there only to be replaced.
_LEFT_OUT = frozenset(
    {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note-citation", f"{_TEXT}sequence-decls"}
)
_MAX_REPEAT = 1000
"""A cell or row may claim to be repeated a million times; that is how empty space is written."""


def load_odf(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """An OpenDocument file. The title is its title property, else its first heading, else the file's stem.

    Slides are pages, sheets are headings, tables stay tables. Metadata: author. Comments, tracked deletions,
    pictures and page headers are left out.
    Raises ``LoadError``: ``zip-bomb``, ``locked``, ``broken-odf``, ``no-text``, ``too-large``.
    """
    with opened(data, "odf", _WORDS, limits) as archive:
        if b"manifest:encryption-data" in _read(archive, "META-INF/manifest.xml"):
            raise LoadError(
                "locked", "the document is protected by a password", "save a copy without password"
            )
        root = _parsed(archive.read("content.xml"))
        meta = _read(archive, "meta.xml")
        styles = _read(archive, "styles.xml")
        media_type = _read(archive, "mimetype").decode("ascii", "ignore").strip()
    body = root.find(f"{_OFFICE}body")
    builder, hidden = TextBuilder(limits), HiddenWords()
    take_unseen(root, _parsed(styles) if styles.strip() else None, hidden)
    try:
        for part in body if body is not None else ():
            if part.tag == f"{_OFFICE}spreadsheet":
                _add_sheets(builder, part)
            else:
                _add(builder, part)
    except RecursionError as error:
        raise broken("odf", _WORDS, error) from error
    text, blocks = builder.text(), tuple(builder.blocks)
    if not text:
        raise LoadError("no-text", "the document holds no text", "if it is a scan, run OCR first")
    properties = {
        tag.tag: " ".join((tag.text or "").split()) for tag in (_parsed(meta).iter() if meta else ())
    }
    author = canonical(properties.get(_AUTHOR_KEY, ""))
    metadata: dict[str, MetadataValue] = {"author": author} if author else {}
    title = canonical(properties.get(_TITLE_KEY, "")) or first_title(blocks) or words_of_stem(name)
    return LoadedDocument(
        text,
        title,
        media_type or "application/vnd.oasis.opendocument",
        blocks,
        builder.page_starts(),
        metadata,
        hidden=hidden.found(),
    )


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    return archive.read(path) if path in archive.namelist() else b""


def _parsed(data: bytes) -> ElementTree.Element:
    try:
        # Expat expands no external entities and stops expansion bombs by itself.
        return ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError as error:
        raise broken("odf", _WORDS, error) from error


def _add(builder: TextBuilder, part: ElementTree.Element) -> None:
    """Add what is below ``part``, block by block."""
    for tag in part:
        if tag.tag in _LEFT_OUT:
            continue
        if tag.tag == f"{_TEXT}h":
            builder.heading(_words(tag), int(tag.get(f"{_TEXT}outline-level") or 1))
        elif tag.tag == f"{_TEXT}p":
            builder.add("paragraph", _words(tag))
            _add_frames(builder, tag)
        elif tag.tag == f"{_TEXT}list":
            builder.add("list", "\n".join(_items(tag, 0)))
        elif tag.tag == f"{_TABLE}table":
            _add_table(builder, tag)
        elif tag.tag == f"{_DRAW}page":
            _add_slide(builder, tag)
        else:
            _add(builder, tag)


def _add_frames(builder: TextBuilder, paragraph: ElementTree.Element) -> None:
    """Text boxes hang in the paragraph they are anchored to; their words are blocks of their own."""
    for box in paragraph.iter(f"{_DRAW}text-box"):
        _add(builder, box)


def _add_slide(builder: TextBuilder, page: ElementTree.Element) -> None:
    builder.start_page()
    titles = [tag for tag in page if tag.get(f"{_PRESENTATION}class") == "title"]
    for tag in titles:
        builder.heading(" ".join(_words(p) for p in tag.iter(f"{_TEXT}p")), 2)
    for tag in page:
        if tag in titles or tag.tag == f"{_PRESENTATION}notes":
            continue
        if tag.get(f"{_PRESENTATION}class") not in ("footer", "date-time", "page-number", "header"):
            _add(builder, tag)
    for notes in page.iter(f"{_PRESENTATION}notes"):
        lines = [_words(p) for frame in notes.iter(f"{_DRAW}text-box") for p in frame.iter(f"{_TEXT}p")]
        words = "\n".join(filter(None, lines))
        builder.add("paragraph", f"Notes: {words}" if words else "")


def _add_table(builder: TextBuilder, table: ElementTree.Element) -> None:
    rows = [row for row in _rows(table) if row]
    builder.add("table", pipe_table(rows))


def _add_sheets(builder: TextBuilder, part: ElementTree.Element) -> None:
    for sheet in part.iter(f"{_TABLE}table"):
        rows = list(_rows(sheet))
        if any(rows):
            builder.heading(sheet.get(f"{_TABLE}name") or "", 2)
            add_grid(builder, rows)


def _rows(table: ElementTree.Element) -> Iterator[list[str]]:
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            words = " ".join(filter(None, (_words(p) for p in _paragraphs(cell))))
            cells += [words] * _repeat(cell, "number-columns-repeated")
        while cells and not cells[-1]:
            cells.pop()
        for _ in range(_repeat(row, "number-rows-repeated") if cells else 1):
            yield cells


def _repeat(tag: ElementTree.Element, key: str) -> int:
    value = tag.get(f"{_TABLE}{key}") or "1"
    return min(max(int(value), 1), _MAX_REPEAT) if value.isascii() and value.isdigit() else 1


def _paragraphs(cell: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for tag in cell:
        if tag.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield tag
        elif tag.tag not in _LEFT_OUT:
            yield from _paragraphs(tag)


def _items(part: ElementTree.Element, depth: int) -> Iterator[str]:
    for item in part:
        for tag in item:
            if tag.tag == f"{_TEXT}list":
                yield from _items(tag, depth + 1)
            elif tag.tag in (f"{_TEXT}p", f"{_TEXT}h") and (words := _words(tag)):
                yield f"{'  ' * depth}- {words}"


def _words(tag: ElementTree.Element) -> str:
    return " ".join(canonical(tidy_layout("".join(_pieces(tag)))).split())


def _pieces(tag: ElementTree.Element) -> Iterator[str]:
    yield tag.text or ""
    for inner in tag:
        if inner.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        elif inner.tag not in _LEFT_OUT and not inner.tag.startswith(_DRAW):
            yield from _pieces(inner)
        yield inner.tail or ""
