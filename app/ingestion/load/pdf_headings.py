"""Which lines of a PDF are headings, and how deep: its outline first, then type size and weight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.ingestion.load.pdf_lines import PdfLine

_PREFIX = re.compile(
    r"^(?:chapter|appendix|section|part)?\s*(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)[.:)]?\s+", re.IGNORECASE
)
_NOT_WORD = re.compile(r"[\W_]+")
_CONTENTS = re.compile(r"…|\t\d+$")
_LABELS = frozenset(("note", "tip", "warning", "caution", "important", "example"))
_MAX_CHARS = 150
_LARGE = 1.12  # times the body's type size: a heading whatever stands around it


def mark_headings(pages: list[list[PdfLine]], outline: Sequence[tuple[int, str, int]]) -> None:
    """Set ``level`` on the heading lines of all pages.

    ``outline`` holds the bookmarks as (depth from 0, title, page index).
    """
    lines = [line for page in pages for line in page]
    if not lines:
        return
    _by_outline(pages, outline)
    known = _levels_by_size([line for line in lines if line.level])
    sizes = Counter[float]()
    bolds = Counter[bool]()
    for line in lines:
        sizes[line.size] += len(line.text)
        bolds[line.bold] += len(line.text)
    body = sizes.most_common(1)[0][0]
    body_is_bold = bolds[True] > bolds[False]
    found: list[PdfLine] = []
    for page in pages:
        for before, line, after in zip([None, *page], page, [*page[1:], None], strict=False):
            if line.level or not _may_be_heading(line):
                continue
            if line.size >= body * _LARGE or (
                _stands_apart(before, line, after)
                and (
                    line.size >= body * 1.05 or (line.bold and not body_is_bold and line.size >= body * 0.98)
                )
            ):
                found.append(line)
    _rank(found, known, body)


def _by_outline(pages: list[list[PdfLine]], outline: Sequence[tuple[int, str, int]]) -> None:
    for depth, title, index in outline:
        wanted = {_bare(title), _bare(_PREFIX.sub("", title))} - {""}
        if not wanted or not 0 <= index < len(pages):
            continue
        page = pages[index]
        for position, line in enumerate(page):
            if line.level or _CONTENTS.search(line.text):
                continue
            following = page[position + 1] if position + 1 < len(page) else None
            if _names(line.text, wanted):
                line.level = min(depth + 1, 6)
                break
            if following and _names(f"{line.text} {following.text}", wanted):
                line.level = following.level = min(depth + 1, 6)
                following.joined = True
                break


def _names(text: str, wanted: set[str]) -> bool:
    return bool({_bare(text), _bare(_PREFIX.sub("", text))} & wanted)


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _levels_by_size(headings: list[PdfLine]) -> dict[float, int]:
    """The level that the outline gives most often to headings of a size."""
    votes: dict[float, Counter[int]] = {}
    for line in headings:
        votes.setdefault(line.size, Counter())[line.level] += 1
    return {size: count.most_common(1)[0][0] for size, count in votes.items()}


def _rank(found: list[PdfLine], known: dict[float, int], body: float) -> None:
    """Larger type is higher up; sizes in the outline keep the level it gives."""
    depth = 0
    for size in sorted({line.size for line in found} | set(known), reverse=True):
        # All sizes near the body's are one level: there the weight makes the heading.
        depth = known[size] if size in known else depth + (1 if size >= body * _LARGE or not depth else 0)
        for line in found:
            if line.size == size:
                line.level = min(depth if size >= body * _LARGE or size in known else depth + 1, 6)


def _may_be_heading(line: PdfLine) -> bool:
    text = line.text
    letters = sum(char.isalpha() for char in text)
    return (
        len(text) <= _MAX_CHARS
        and letters >= 2
        and letters * 2 > len(text) * 0.8
        and not _CONTENTS.search(text)
    )


def _stands_apart(before: PdfLine | None, line: PdfLine, after: PdfLine | None) -> bool:
    """Whether a line that differs little from the body is a heading: short, above text, with room over it."""
    if (
        len(line.text) > 90
        or line.text[-1] in ".,;:!"
        or "\t" in line.text
        or line.text.casefold() in _LABELS
    ):
        return False
    if after is None or (after.bold and after.size >= line.size):
        return False
    return before is None or before.bottom - line.bottom > 1.3 * line.size or before.bottom < line.bottom
