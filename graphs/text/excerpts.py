"""What of a text is shown around cited words: the whole block they stand in, or as much of it as fits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graphs.text.blocks import BlockKind, TextBlock, block_at, definition_at, introduced, introduction
from graphs.text.sentences import Unit, units

_ONE_WORD = re.compile(r"\s*+\S*+\s*+")

ROOM = 800
"""Characters of an excerpt at most: nine lines of the width that we print, a paragraph that is read at a
glance. Nine of ten paragraphs, lists and definitions of two manuals and four public sets fit in."""


@dataclass(frozen=True, slots=True)
class ExcerptSpan:
    """``text[start:end]``. ``left_out``: sentences, items, rows or lines of the block that are not in it;
    ``lead``: the place of the term or of the columns' names where it does not begin with them, else empty."""

    start: int
    end: int
    kind: BlockKind
    left_out: int = 0
    lead: tuple[int, int] = (0, 0)


def excerpt_around(text: str, start: int, end: int, room: int = ROOM) -> ExcerptSpan:
    """The piece of ``text`` to show around ``text[start:end]``, which is in it whole, however long it is.

    >>> page = "`cache` (`text`)\\n:   Where it is kept. The default is `off`."
    >>> found = excerpt_around(page, page.find("The default"), len(page))
    >>> found.kind, page[found.start : found.end] == page
    ('definition', True)
    """
    whole = definition_at(text, start)
    if whole is not None and whole.end - whole.start <= room and whole.start <= start and end <= whole.end:
        return ExcerptSpan(whole.start, whole.end, whole.kind)
    block = block_at(text, start)
    if block.end < end or start < block.start:
        block = TextBlock(min(start, block.start), max(end, block.end), block.kind, block.lead)
    wide = _with_introduction(text, block, room)
    if wide.end - wide.start <= room:
        found = ExcerptSpan(wide.start, wide.end, wide.kind)
    else:
        found = _cut(text, block, start, end, room)
    lead, kind = block.lead, found.kind
    if whole is not None:
        lead, kind = whole.lead, "definition" if kind == "paragraph" else kind
    if lead[1] > found.start or lead[0] == lead[1]:
        lead = (0, 0)
    return ExcerptSpan(found.start, found.end, kind, found.left_out, lead)


def _with_introduction(text: str, block: TextBlock, room: int) -> TextBlock:
    """The block with the sentence that introduces it, or with what it introduces, where both have room."""
    above, below = introduction(text, block), introduced(text, block)
    if above is not None and block.end - above.start <= room:
        return TextBlock(above.start, block.end, block.kind, block.lead)
    if below is not None and below.end - block.start <= room:
        return TextBlock(block.start, below.end, below.kind, below.lead)
    return block


def _cut(text: str, block: TextBlock, start: int, end: int, room: int) -> ExcerptSpan:
    """As many neighbours of the cited words as fit: by turns the one before, which may explain, and after."""
    pieces = _pieces(text, block)
    inside = [place for place, one in enumerate(pieces) if one.start < end and one.end > start]
    first, last = (inside[0], inside[-1]) if inside else (0, -1)
    low = min(start, pieces[first].start) if inside else start
    high = max(end, pieces[last].end) if inside else end
    grown = True
    while grown and inside:
        grown = False
        if first and high - pieces[first - 1].start <= room:
            first, low, grown = first - 1, pieces[first - 1].start, True
        if last + 1 < len(pieces) and pieces[last + 1].end - low <= room:
            last, high, grown = last + 1, pieces[last + 1].end, True
    return ExcerptSpan(low, high, block.kind, len(pieces) - (last - first + 1))


def _pieces(text: str, block: TextBlock) -> list[Unit]:
    """Lines of code and rows, whole items, sentences: where a block may be cut."""
    body = text[block.start : block.end]
    if block.kind in ("code", "table"):
        found, at = [], block.start
        for line in body.split("\n"):
            if line.strip(" |:-+=\t") or (block.kind == "code" and line.strip()):
                found.append(Unit(at, at + len(line), "row"))
            at += len(line) + 1
        return found
    cut = [Unit(block.start + one.start, block.start + one.end, one.kind) for one in units(body)]
    if block.kind == "list":
        # An item's mark stands before it, and belongs to it.
        cut = [Unit(_line_start(text, one.start, block.start), one.end, one.kind) for one in cut]
    return cut


def _line_start(text: str, at: int, floor: int) -> int:
    start = max(text.rfind("\n", 0, at) + 1, floor)
    return start if _ONE_WORD.fullmatch(text, start, at) else at
