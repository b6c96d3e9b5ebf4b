"""What the page of a source shows: the part around the cited words, where it stands, and its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from app.corpus import Corpus
from app.documents.details import MOST_CHARS, DocumentText, TextSpan, document_text, show_document
from app.documents.original_file import PDF
from app.documents.pages import PageBox, page_box, page_rectangles
from app.documents.readable import DocumentRequestError, NoSuchDocumentError
from app.registry.document import COLUMNS
from app.registry.registry import DocumentRecord
from app.registry.requester import Requester
from app.registry.stored_text import page_of
from app.web.addresses import source_address
from app.web.sources.part import SourcePart
from app.web.sources.shown import MARKDOWN, SLIDES, ShownPart, shown_part
from app.web.sources.window import SIZE, before, definitions, opening, window

MOST_IMAGES = 3
"""Pages of a PDF that are shown as they are."""

_AROUND = 200_000
"""Characters before the words that are read of a text that cannot be given at once."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page with places on it: x, y, width and height in points, from the top left."""

    number: int
    address: str
    width: float
    height: float
    places: Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A part ``[begin:stop]`` of a document's text as it is shown, and what is known of where it stands.

    ``start`` and ``end`` are the cited words, both None where none are. ``page_name`` names pages of this
    format. ``earlier``, ``later`` are addresses of the parts beside this one, empty where there is none;
    ``place`` is that of the cited words, where this part is not about them.
    """

    record: DocumentRecord
    version: str
    start: int | None
    end: int | None
    begin: int
    stop: int
    length: int
    shown: ShownPart
    headings: Sequence[str]
    page: int | None
    page_name: str
    images: Sequence[PageImage]
    cut: tuple[bool, bool]
    earlier: str
    later: str
    place: str

    @property
    def current(self) -> bool:
        return self.version == self.record.version

    @property
    def address(self) -> str:
        """Of the whole page."""
        return source_address(self.record.doc_id, self.version, self.start, self.end)

    @property
    def origin(self) -> str:
        """The page of the web that it was read from, where it was one."""
        return self.record.uri if self.record.uri.startswith(("https://", "http://")) else ""


def source_view(
    corpus: Corpus,
    who: Requester,
    doc_id: str,
    version: str = "",
    words: tuple[int, int] | None = None,
    since: int | None = None,
    depth: int = 2,
) -> SourceView:
    """A document at the words ``text[words[0]:words[1]]`` of a version, or from ``since`` on. ``depth`` is
    the level of the heading above it.

    Raises ``NoSuchDocumentError``, ``DocumentRequestError``: there are no such words.
    """
    details = show_document(corpus, who, doc_id)
    record = details.record
    start, end = words or (0, 0)
    focus = start if since is None else since
    # Lines are numbered from the text's beginning, so that is read too where it can be.
    low = 0 if focus + 3 * SIZE <= MOST_CHARS else max(0, focus - _AROUND)
    found = document_text(corpus, who, doc_id, version, low, low + MOST_CHARS)
    if not 0 <= start <= end <= found.length or focus > found.length:
        raise DocumentRequestError(f"the text has {found.length} characters; name a part of it")
    text = found.text
    begin, stop = window(text, start - low, end - low, None if since is None else since - low)
    part = _part(found, begin, stop, (start - low, end - low), record.media_type, depth)
    within = [one for one in found.passages if one.start < max(end, start + 1) and one.end > start]
    images: Sequence[PageImage] = ()
    if words and details.has_file and record.media_type == PDF and found.version == record.version:
        images = _images(corpus, who, doc_id, start, end)
    # Where a page's image shows the words, the address ends there.
    shown = shown_part(part, record.media_type, anchor=not images)
    visible = words is None or (begin < end - low and stop > start - low) or start == end

    def at(offset: int) -> str:
        return f"{_unanchored(doc_id, found.version, words)}from={offset}"

    return SourceView(
        record=record,
        version=found.version,
        start=start if words else None,
        end=end if words else None,
        begin=begin + low,
        stop=stop + low,
        length=found.length,
        shown=shown,
        headings=_path(record.title, within[0].headings) if words and within else [],
        page=page_of(found.pages, start) if words else None,
        page_name="Slide" if record.media_type in SLIDES else "Page",
        images=images,
        cut=(_cut(text, begin), _cut(text, stop)),
        earlier=at(before(text, begin) + low) if begin + low > 0 else "",
        later=at(stop + low) if stop + low < found.length else "",
        place="" if visible else source_address(doc_id, found.version, start, end),
    )


def _part(
    found: DocumentText, begin: int, stop: int, words: tuple[int, int], media_type: str, depth: int
) -> SourcePart:
    text = found.text[begin:stop]
    start, end = (min(max(at, begin), stop) - begin for at in words)
    known: dict[str, int] = {}
    for one in _between(found.passages, begin + found.start, stop + found.start):
        for number, heading in enumerate(one.headings, 1):
            known.setdefault(" ".join(heading.split()), number)
    name = "Slide" if media_type in SLIDES else "Page"
    first = begin + found.start
    pages = [
        (max(at - first, 0), f"{name} {number}")
        for number, at in enumerate(found.pages, 1)
        if first <= at < stop + found.start or number == page_of(found.pages, first)
    ]
    markdown = media_type in MARKDOWN
    return SourcePart(
        text,
        start,
        end,
        opening=opening(found.text, begin) if markdown else "",
        definitions=definitions(found.text) if markdown and len(text) < len(found.text) else "",
        headings=known,
        pages=pages,
        line=0 if found.start else found.text.count("\n", 0, begin) + 1,
        depth=depth,
    )


def _path(title: str, headings: Sequence[str]) -> list[str]:
    """Headings below the title, without what only continues a table."""
    path = [one for one in headings if not one.startswith(COLUMNS)]
    return path[1:] if path[:1] == [title] else path


def _between(spans: Sequence[TextSpan], begin: int, stop: int) -> list[TextSpan]:
    return [one for one in spans if one.start < stop and one.end > begin]


def _cut(text: str, at: int) -> bool:
    """Whether a line goes on across this place."""
    return 0 < at < len(text) and text[at - 1] != "\n" and text[at] != "\n"


def _unanchored(doc_id: str, version: str, words: tuple[int, int] | None) -> str:
    start, end = words or (None, None)
    address = source_address(doc_id, version, start, end).removesuffix("#lit")
    return f"{address}&"


def _images(corpus: Corpus, who: Requester, doc_id: str, start: int, end: int) -> list[PageImage]:
    places = page_rectangles(corpus, who, doc_id, start, end)
    images: list[PageImage] = []
    for number in sorted({one[0] for one in places})[:MOST_IMAGES]:
        try:
            box: PageBox = page_box(corpus, who, doc_id, number)
        except (NoSuchDocumentError, DocumentRequestError):
            return []  # the file cannot be drawn; the text is there
        width, height = box.size
        address = f"/v1/documents/{quote(doc_id, safe='')}/pages/{number}/image?scale=2"
        on_it = [box.place(one) for one in places if one[0] == number]
        images.append(PageImage(number, address, width, height, on_it))
    return images
