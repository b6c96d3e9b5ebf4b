"""Running headers, footers and page numbers of a PDF: found by place and repetition, and left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from app.ingestion.load.pdf_lines import PdfLine

_NUMBER = re.compile(r"(?<!\w)(?<!\d[.,])\d{1,4}(?!\w|[.,]\d)")
_PAGE_WORD = re.compile(
    r"(?:page|seite|página|p\.)?\s*(\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
_EDGE_LINES = 3


def without_furniture(pages: list[list[PdfLine]]) -> list[list[PdfLine]]:
    """The pages without the lines at their edges that repeat from page to page.

    Lines are the same when their words and their numbers are, but for the page's own number: the rows of a
    table differ in nothing but numbers. Of two pages little can be told: what both begin or end with stays
    on the first.
    """
    if len(pages) < 3:
        return _without_repeats(pages)
    edges = [list(_edges(lines)) for lines in pages]
    # Page numbers follow the page index at a constant distance.
    distances = Counter(
        d for index, page in enumerate(edges) for d in {d for line in page for d in _distances(line, index)}
    )
    usual = {d for d, count in distances.items() if count >= 3 and count * 5 >= len(pages)}
    read = [[_unnumbered(line, index, usual) for line in page] for index, page in enumerate(edges)]
    places = Counter(
        key
        for page, texts in zip(edges, read, strict=True)
        for key in {key for pair in zip(page, texts, strict=True) for key in _keys(*pair)}
    )
    texts = Counter(text for page in read for text in set(page))
    kept: list[list[PdfLine]] = []
    for lines, page, said in zip(pages, edges, read, strict=True):
        dropped = {
            id(line)
            for line, text in zip(page, said, strict=True)
            if _repeats(max(places[key] for key in _keys(line, text)), len(pages))
            or (_is_outermost(line, lines) and _has_page_number(line, text, usual, texts[text]))
        }
        kept.append([line for line in lines if id(line) not in dropped])
    return kept


def _has_page_number(line: PdfLine, text: str, usual: set[int], count: int) -> bool:
    """Whether the line is the number of its page, alone or beside words that other pages have there too."""
    if usual and _PAGE_WORD.fullmatch(line.text):
        return True
    return text != line.text and (count > 1 or not any(char.isalnum() for char in text))


def _without_repeats(pages: list[list[PdfLine]]) -> list[list[PdfLine]]:
    """Two pages without what the second's edge repeats of the first's, and without their page numbers."""
    if len(pages) < 2 or not all(pages):
        return pages
    first, second = ([line for line in lines if _is_outermost(line, lines)] for lines in pages)
    pairs = [(one, two) for one in first for two in second if _follows(one, two)]
    dropped = {id(two) for _, two in pairs if len(pages[1]) > len(second)}
    # "Page 1 of 2", "Page 2 of 2": both are numbers of pages, not words of the text.
    dropped |= {
        id(line)
        for pair in pairs
        if dropped & {id(pair[1])}
        for line in pair
        if _PAGE_WORD.fullmatch(line.text)
    }
    return [[line for line in lines if id(line) not in dropped] for lines in pages]


def _follows(one: PdfLine, two: PdfLine) -> bool:
    """Whether the second page's line is the first's, each number the same or, as the page's, one higher."""
    if _height(one) != _height(two) or _NUMBER.sub("#", one.text) != _NUMBER.sub("#", two.text):
        return False
    pairs = zip(map(int, _NUMBER.findall(one.text)), map(int, _NUMBER.findall(two.text)), strict=True)
    return all(after - before in (0, 1) for before, after in pairs)


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


def _keys(line: PdfLine, text: str) -> list[tuple[str, int]]:
    """What the line may share with those of other pages: a number as it is, or as its page's."""
    return [(line.text, _height(line)), (text, _height(line))]


def _height(line: PdfLine) -> int:
    return round(line.bottom / 3)


def _unnumbered(line: PdfLine, index: int, usual: set[int]) -> str:
    """The line's text with "#" for each number that stands at one of the ``usual`` distances."""
    return _NUMBER.sub(lambda match: "#" if int(match.group()) - index in usual else match.group(), line.text)


def _distances(line: PdfLine, index: int) -> set[int]:
    """How far each number of a short line is from the page's index."""
    if len(line.text) > 120:
        return set()
    return {int(number) - index for number in _NUMBER.findall(line.text)}
