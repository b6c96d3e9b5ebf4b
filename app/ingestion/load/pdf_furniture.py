"""Running headers, footers and page numbers of a PDF: found by place and repetition, and left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from app.ingestion.load.pdf_lines import PdfLine

_DIGITS = re.compile(r"\d+")
_EDGE_NUMBER = re.compile(r"^(\d{1,4})\b|\b(\d{1,4})$")
_PAGE_WORD = re.compile(
    r"(?:page|seite|página|p\.)?\s*(\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
_EDGE_LINES = 3


def without_furniture(pages: list[list[PdfLine]]) -> list[list[PdfLine]]:
    """The pages without the lines at their edges that repeat from page to page.

    Of two pages little can be told: what both begin or end with stays on the first.
    """
    if len(pages) < 3:
        return _without_repeats(pages)
    edges = [list(_edges(lines)) for lines in pages]
    places = Counter(key for page in edges for key in {_key(line) for line in page})
    # Page numbers follow the page index at a constant distance.
    distances = Counter(
        d for index, page in enumerate(edges) for d in {d for line in page for d in _distances(line, index)}
    )
    usual = {d for d, count in distances.items() if count >= 3 and count * 5 >= len(pages)}
    kept: list[list[PdfLine]] = []
    for index, lines in enumerate(pages):
        dropped = {
            id(line)
            for line in edges[index]
            if _repeats(places[_key(line)], len(pages))
            or (_is_outermost(line, lines) and usual.intersection(_distances(line, index)))
            or (_is_outermost(line, lines) and usual and _PAGE_WORD.fullmatch(line.text))
        }
        kept.append([line for line in lines if id(line) not in dropped])
    return kept


def _without_repeats(pages: list[list[PdfLine]]) -> list[list[PdfLine]]:
    """Two pages without what the second's edge repeats of the first's, and without their page numbers."""
    if len(pages) < 2 or not all(pages):
        return pages
    first, second = ([line for line in lines if _is_outermost(line, lines)] for lines in pages)
    known = {_key(line) for line in first}
    repeated = [line for line in second if _key(line) in known and len(pages[1]) > len(second)]
    dropped = {id(line) for line in repeated}
    # "Page 1 of 2", "Page 2 of 2": both are numbers of pages, not words of the text.
    dropped |= {
        id(line)
        for line in [*first, *repeated]
        if _PAGE_WORD.fullmatch(line.text) and any(_key(line) == _key(other) for other in repeated)
    }
    return [[line for line in lines if id(line) not in dropped] for lines in pages]


def _repeats(count: int, pages: int) -> bool:
    # A header that names the chapter stands on the pages of that chapter only.
    return count >= 3 and (count * 2 >= pages or (pages >= 10 and count >= 4 and count * 20 >= pages))


def _edges(lines: list[PdfLine]) -> Iterator[PdfLine]:
    """The highest and the lowest lines of a page."""
    by_height = sorted(lines, key=lambda line: -line.top)
    yield from by_height[:_EDGE_LINES]
    yield from by_height[max(_EDGE_LINES, len(by_height) - _EDGE_LINES) :]


def _is_outermost(line: PdfLine, lines: list[PdfLine]) -> bool:
    highest, lowest = max(other.top for other in lines), min(other.bottom for other in lines)
    return highest - line.top < line.size or line.bottom - lowest < line.size


def _key(line: PdfLine) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.bottom / 3)


def _distances(line: PdfLine, index: int) -> set[int]:
    if len(line.text) > 120:
        return set()
    numbers = [int(number) for pair in _EDGE_NUMBER.findall(line.text) for number in pair if number]
    return {number - index for number in numbers}
