"""Pages of a document: where its words stand on them, and what they look like."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.corpus import Corpus
from app.documents import page_process
from app.documents.original_file import PDF, original_file
from app.documents.readable import DocumentRequestError, NoSuchDocumentError, readable_document
from app.registry.page_layout import Rectangle
from app.registry.requester import Requester

LEAST_SCALE, MOST_SCALE = 0.1, 4.0
"""Pixels a point: 1 is 72 to the inch."""


def page_rectangles(
    corpus: Corpus, requester: Requester, doc_id: str, start: int, end: int, version: str = ""
) -> list[Rectangle]:
    """Where ``text[start:end]`` stands: (page from 1, x0, y0, x1, y1) a line, in points from the bottom left.

    None where the format has no places, or they are not known.
    Raises ``NoSuchDocumentError``, ``DocumentRequestError``.
    """
    record = readable_document(corpus.registry, requester, doc_id)
    stored = corpus.registry.stored_version(doc_id, version or record.version)
    if stored is None:
        raise NoSuchDocumentError(f"{doc_id!r} has no version {version[:64]!r}")
    if not 0 <= start <= end <= len(stored.text):
        raise DocumentRequestError(f"the text has {len(stored.text)} characters; name a part of it")
    return stored.rects_at(start, end)


def rectangles_of_page(corpus: Corpus, requester: Requester, doc_id: str, page: int) -> Sequence[Rectangle]:
    """The lines of one page of the current version, counted from 1. Raises as ``page_rectangles``."""
    record = readable_document(corpus.registry, requester, doc_id)
    stored = corpus.registry.stored_version(doc_id, record.version)
    if stored is None or not 1 <= page <= len(stored.pages):
        raise NoSuchDocumentError(f"{doc_id!r} has no page {page}")
    end = stored.pages[page] if page < len(stored.pages) else len(stored.text)
    return [one for one in stored.rects_at(stored.pages[page - 1], end) if one[0] == page]


def page_image(corpus: Corpus, requester: Requester, doc_id: str, page: int, scale: float = 1.5) -> bytes:
    """A page of the current version as a PNG, drawn from the file that was uploaded.

    Only uploaded PDF documents have one: of files and pages that were read from a folder or the web no bytes
    are kept. Drawn in a process of its own, within the time and memory that reading one file may take.

    Raises:
        NoSuchDocumentError: no such document or page, or its file is not kept.
        DocumentRequestError: the scale is out of its bounds, or the page cannot be drawn.
    """
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise DocumentRequestError(f"a page is drawn at {LEAST_SCALE} to {MOST_SCALE} pixels a point")
    return _of_page(corpus, requester, doc_id, page, f"draw({int(page)}, {float(scale)}, ")


@dataclass(frozen=True, slots=True)
class PageBox:
    """The part of a page that its image shows, in points of PDF user space, and by how many degrees the image
    is turned clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the image, in points."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turned in (90, 270) else (wide, high)

    def place(self, rectangle: Rectangle) -> tuple[float, float, float, float]:
        """Where a rectangle is on the image: x, y, width and height in points, from the top left.

        >>> PageBox(0, 0, 600, 800).place((1, 50, 700, 150, 712))
        (50, 88, 100, 12)
        """
        _, x0, y0, x1, y1 = rectangle
        wide, high = x1 - x0, y1 - y0
        if self.turned == 90:
            return y0 - self.bottom, x0 - self.left, high, wide
        if self.turned == 180:
            return self.right - x1, y0 - self.bottom, wide, high
        if self.turned == 270:
            return self.top - y1, self.right - x1, high, wide
        return x0 - self.left, self.top - y1, wide, high


def page_box(corpus: Corpus, requester: Requester, doc_id: str, page: int) -> PageBox:
    """What the image of a page shows, to lay rectangles over it. Raises as ``page_image``."""
    left, bottom, right, top, turned = json.loads(
        _of_page(corpus, requester, doc_id, page, f"measure({int(page)}, ")
    )
    return PageBox(left, bottom, right, top, turned)


def _of_page(corpus: Corpus, requester: Requester, doc_id: str, page: int, call: str) -> bytes:
    """What a function of ``page_process`` writes; ``call`` is its call, but for the memory."""
    record = readable_document(corpus.registry, requester, doc_id)
    path = original_file(corpus, record)
    if record.media_type != PDF or path is None:
        raise NoSuchDocumentError(
            f"of {doc_id!r} there is no PDF file, or it was moved or changed"
        )
    ingest = corpus.settings.ingest
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from {page_process.__name__} import draw, measure; "
        f"{call}{int(ingest.file_memory_mb * 1024 * 1024)})"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=path.read_bytes(),
            capture_output=True,
            timeout=ingest.file_timeout_s or None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentRequestError(f"page {page} of {doc_id!r} takes too long to draw") from None
    except FileNotFoundError:
        raise NoSuchDocumentError(f"the file of {doc_id!r} is gone") from None
    if done.returncode == page_process.NO_SUCH_PAGE:
        raise NoSuchDocumentError(f"{doc_id!r} has no page {page}")
    if done.returncode != 0:
        raise DocumentRequestError(f"page {page} of {doc_id!r} cannot be drawn")
    return done.stdout
