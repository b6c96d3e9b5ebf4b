"""Links to the cited words: text fragments for web pages, pages for PDFs.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is ``#:~:text=prefix-,start,end,-suffix``.
Browsers that do not know it open the page all the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

EXACT_WORDS = 10
"""Up to so many words in one block are given whole; of more, where they begin and where they end."""

MIN_WORDS, MAX_WORDS = 3, 8
"""Words that name the beginning or the end, and that may stand before or after to tell it from others."""

MAX_TEXT = 2_000_000
"""Longer texts are not searched for a place: their pages are opened at the top."""

NO_PAGE = tuple(
    ".docx .pptx .xlsx .odt .ods .odp .rtf .epub .eml .msg .csv .tsv .json .jsonl .ipynb .zip".split()
)
"""What browsers do not show as a page."""

_BLOCK = re.compile(r"\s*(?:#{1,6}\s+|[-*+•]\s+|\d{1,3}[.)]\s+|>\s?)")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_RULE = re.compile(r"[\s|:+=*_-]+")
_CELL = re.compile(r"(?<!\\)\|")
_IMAGE = re.compile(r"!\[[^\]]{0,500}\]\([^)]{0,2000}\)")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class FragmentWord:
    """A word as a page shows it: the block it stands in, and its offset in the canonical text."""

    text: str
    block: int
    start: int


def citation_link(uri: str, start: int, end: int, *, text: str | None, page: int | None, is_pdf: bool) -> str:
    """Where a browser shows ``text[start:end]`` of the document at ``uri``; empty where it cannot.

    >>> citation_link("https://a.example/b.pdf", 0, 3, text=None, page=7, is_pdf=True)
    'https://a.example/b.pdf#page=7'
    >>> citation_link("https://a.example/b", 4, 10, text="Do: ask first.", page=None, is_pdf=False)
    'https://a.example/b#:~:text=ask%20first.'
    >>> citation_link("source://b.md", 0, 3, text="Ask", page=None, is_pdf=False)
    ''
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    path = parts.path.lower()
    if is_pdf or path.endswith(".pdf"):
        return _with_page(uri, page) if page else uri
    if page is not None or text is None or path.endswith(NO_PAGE):
        return ""
    directive = text_directive(text, start, end) if len(text) <= MAX_TEXT else ""
    if not directive:
        return uri
    # What is there already stays: a directive is added to directives, and follows any other fragment.
    joint = "&" if ":~:" in parts.fragment else ":~:" if "#" in uri else "#:~:"
    return f"{uri}{joint}{directive}"


def text_directive(text: str, start: int, end: int) -> str:
    """``text=…`` for ``text[start:end]`` of a canonical Markdown text; empty where that shows no words.

    Words before and after are named only where it takes them to tell the place from an earlier one.
    """
    page = _Page(list(visible_words(text)))
    chosen = [
        place
        for place, word in enumerate(page.words)
        if start < word.start + len(word.text) and word.start < end
    ]
    if not chosen:
        return ""
    first, last = chosen[0], chosen[-1]
    if page.words[first].block == page.words[last].block and last - first < EXACT_WORDS:
        before, after = page.surrounded(first, last, 0)
        return page.directive(before, first, last, None, after)
    stop = page.beginning(first, last)
    before, _ = page.surrounded(first, stop, 0, after=False)
    begin = page.ending(stop, last)
    _, after = page.surrounded(begin, last, stop + 1, before=False)
    return page.directive(before, first, stop, begin, after, last)


def visible_words(text: str) -> Iterator[FragmentWord]:
    """The words a page shows, without Markdown's marks of headings, lists, tables, code and images."""
    block, position, fenced, goes_on = 0, 0, False, False
    for line in text.split("\n"):
        begin, position = position, position + len(line) + 1
        if _FENCE.match(line):
            fenced, goes_on = not fenced, False
            continue
        if not line.strip() or (not fenced and len(line.strip()) > 2 and _RULE.fullmatch(line)):
            goes_on = False
            continue
        mark = None if fenced else _BLOCK.match(line)
        row = not fenced and line.lstrip().startswith("|")
        block += bool(mark or row or not goes_on)
        goes_on = not (row or line.lstrip().startswith("#"))
        hidden = [] if fenced else [found.span() for found in _IMAGE.finditer(line)]
        if mark:
            hidden.append(mark.span())
        for at, cell in _cells(line) if row else [(0, line)]:
            block += row
            for found in _WORD.finditer(cell):
                place = at + found.start()
                if not any(first <= place < after for first, after in hidden):
                    word = found[0] if fenced else found[0].lstrip("`")
                    shown = word if fenced else word.rstrip("`").replace("\\|", "|")
                    if shown:
                        yield FragmentWord(shown, block, begin + place + len(found[0]) - len(word))


def _cells(line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for stop in [*(found.start() for found in _CELL.finditer(line)), len(line)]:
        yield at, line[at:stop]
        at = stop + 1


class _Page:
    """The words of a page, and where runs of them first stand. Browsers do not tell case apart."""

    def __init__(self, words: list[FragmentWord]) -> None:
        self.words = words
        self._folded = [word.text.casefold() for word in words]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._folded):
            self._places[word].append(place)

    def is_first(self, first: int, last: int, start: int) -> bool:
        """Whether no earlier run from ``start`` on has the words ``first`` to ``last``."""
        run = self._folded[first : last + 1]
        places = (place for place in self._places[run[0]] if place >= start)
        return first == next((p for p in places if self._folded[p : p + len(run)] == run), first)

    def surrounded(
        self, first: int, last: int, start: int, *, before: bool = True, after: bool = True
    ) -> tuple[int, int]:
        """The words before and after the run, none or as many as it takes, that make it the first."""
        low, high = self._room(first, last)
        ahead = [(back, last) for back in range(first, low - 1, -1)] if before else [(first, last)]
        behind = [(ahead[-1][0], forth) for forth in range(last + 1, high + 1)] if after else []
        for begin, end in [*ahead, *behind]:
            if self.is_first(begin, end, start):
                return begin, end
        return first, last

    def beginning(self, first: int, last: int) -> int:
        """The last of the words that name where a long quotation begins."""
        _, high = self._room(first, first, MAX_WORDS - 1)
        ends = range(min(first + MIN_WORDS - 1, high, last - 1), min(high, last - 1) + 1)
        return next((end for end in ends if self.is_first(first, end, 0)), ends[-1])

    def ending(self, stop: int, last: int) -> int:
        """The first of the words that name where it ends; they come after ``stop``."""
        low, _ = self._room(last, last, MAX_WORDS - 1)
        low = max(low, stop + 1)
        begins = range(max(last - MIN_WORDS + 1, low), low - 1, -1)
        return next((begin for begin in begins if self.is_first(begin, last, stop + 1)), begins[-1])

    def directive(
        self, before: int, first: int, stop: int, begin: int | None, after: int, last: int | None = None
    ) -> str:
        last = stop if last is None else last
        terms = [
            f"{self._encoded(before, first - 1)}-" if before < first else "",
            self._encoded(first, stop),
            "" if begin is None else self._encoded(begin, last),
            f"-{self._encoded(last + 1, after)}" if after > last else "",
        ]
        return f"text={','.join(filter(None, terms))}"

    def _room(self, first: int, last: int, most: int = MAX_WORDS) -> tuple[int, int]:
        """How far words of the same block reach before and after, ``most`` of them each way."""
        low, high = first, last
        while low > max(first - most, 0) and self.words[low - 1].block == self.words[first].block:
            low -= 1
        top = min(last + most, len(self.words) - 1)
        while high < top and self.words[high + 1].block == self.words[last].block:
            high += 1
        return low, high

    def _encoded(self, first: int, last: int) -> str:
        # A hyphen, a comma and an ampersand separate; the first is left alone by percent encoding.
        shown = " ".join(word.text for word in self.words[first : last + 1])
        return percent_encoded(shown, safe="").replace("-", "%2D")


def _with_page(uri: str, page: int) -> str:
    base, _, fragment = uri.partition("#")
    kept = [part for part in fragment.split("&") if part and not part.startswith("page=")]
    return f"{base}#{'&'.join([*kept, f'page={page}'])}"
