"""PDF documents, through PDFium: pages to lines, lines to paragraphs."""

from __future__ import annotations

import re
import threading
from math import inf
from typing import TYPE_CHECKING

from app.ingestion.errors import LoadError
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits, check_text
from app.ingestion.load.pdf_furniture import without_furniture
from app.ingestion.load.pdf_headings import mark_headings
from app.ingestion.load.pdf_layout import laid_out
from app.ingestion.load.pdf_lines import PdfLine, page_lines
from app.ingestion.load.pdf_unseen import unseen_letters
from app.ingestion.load.restrictions import keyword_groups
from app.ingestion.load.textnorm import canonical, words_of_stem
from app.registry.document import Block, LoadedDocument, MetadataValue
from app.registry.page_layout import pack

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

# PDFium keeps process-wide state and is not safe to call from two threads.
_ONE_AT_A_TIME = threading.Lock()
# Titles that software writes when nobody gave one.
_NO_TITLE = re.compile(
    r"untitled.*|powerpoint presentation|microsoft (?:word|powerpoint|excel) - .*|.*\.\w{2,5}|\W*|\d+"
    r"|\(?anonymous\)?",
    re.IGNORECASE,
)
_MAX_BOOKMARKS = 20_000
_COVER_HEADINGS = 3
_MAX_TITLE = 120


def load_pdf(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A PDF document. The title is its title property, else the headings it begins with, else the file's
    stem.

    Running headers and footers are left out; a tab separates the cells of a table row. Metadata: author, and
    groups where the keywords say ``groups: a, b``.
    Raises ``LoadError``: ``unclear-readers``, ``locked``, ``broken-pdf``, ``no-text``, ``too-large``.
    """
    hidden = HiddenWords()
    with _ONE_AT_A_TIME:
        pages, outline, properties = _read(data, limits, hidden)
    if not any(pages):
        raise LoadError(
            "no-text",
            f"none of the {len(pages)} pages holds text: the document is probably a scan",
            "run OCR first (for instance ocrmypdf) and add the result",
        )
    pages = without_furniture(pages)
    mark_headings(pages, outline)
    text, blocks, starts, placed = laid_out(pages)
    metadata: dict[str, MetadataValue] = {"author": properties["Author"]} if properties["Author"] else {}
    metadata |= keyword_groups(properties["Keywords"])
    title = properties["Title"]
    if _NO_TITLE.fullmatch(title):
        title = _cover_title(blocks)
    title = title or words_of_stem(name)
    return LoadedDocument(
        text, title, "application/pdf", blocks, starts, metadata, pack(placed), hidden.found()
    )


def _cover_title(blocks: tuple[Block, ...]) -> str:
    """The headings that the first page begins with, as one: a company's name alone says little."""
    first = next(
        (index for index, block in enumerate(blocks) if block.kind == "heading" and block.title), None
    )
    if first is None:
        return ""
    titles = [blocks[first].title]
    for block in blocks[first + 1 : first + _COVER_HEADINGS]:
        longer = sum(map(len, titles)) + len(block.title)
        if block.kind != "heading" or longer > _MAX_TITLE:
            break
        if block.title not in titles:
            titles.append(block.title)
    return " – ".join(titles)


def _read(
    data: bytes, limits: LoadLimits, hidden: HiddenWords
) -> tuple[list[list[PdfLine]], list[tuple[int, str, int]], dict[str, str]]:
    """Everything that is needed from PDFium, so that the rest works on plain values."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            raise LoadError(
                "locked", "the PDF is protected by a password", "save a copy without password"
            ) from error
        raise _broken("it cannot be opened") from error
    try:
        if len(document) > limits.max_pages:
            raise LoadError(
                "too-large",
                f"the PDF has {len(document)} pages and the limit is {limits.max_pages}",
                "split the document",
            )
        pages = _pages(document, limits, hidden)
        properties = {
            key: canonical(" ".join(document.get_metadata_value(key).split()))
            for key in ("Title", "Author", "Keywords")
        }
        return pages, _outline(document), properties
    except pypdfium2.PdfiumError as error:
        raise _broken("a page cannot be read") from error
    finally:
        document.close()


def _broken(what: str) -> LoadError:
    return LoadError(
        "broken-pdf", f"the PDF is damaged ({what})", "open it in a viewer and print it to a new PDF"
    )


def _pages(document: PdfDocument, limits: LoadLimits, hidden: HiddenWords) -> list[list[PdfLine]]:
    pages: list[list[PdfLine]] = []
    chars = 0
    for index in range(len(document)):
        page = document[index]
        textpage = page.get_textpage()
        try:
            chars += textpage.count_chars()
            check_text(chars, limits)
            pages.append(page_lines(index, textpage, _shown(page), unseen_letters(page, textpage), hidden))
        finally:
            textpage.close()
            page.close()
    if not pages:
        raise _broken("it has no pages")
    return pages


def _shown(page: PdfPage) -> tuple[float, float, float, float]:
    """The part of the page's space that is shown: left, bottom, right, top."""
    from pypdfium2 import raw

    # Not pypdfium2's own boxes: they do not know of those that a page has from its parent.
    box = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, box):
        return -inf, -inf, inf, inf
    return box.left, box.bottom, box.right, box.top


def _outline(document: PdfDocument) -> list[tuple[int, str, int]]:
    found: list[tuple[int, str, int]] = []
    for bookmark in document.get_toc():
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        if index is not None:
            found.append((bookmark.level, canonical(bookmark.get_title()), index))
        if len(found) >= _MAX_BOOKMARKS:
            break
    return found
