"""Blocks too large for one passage, divided where it hurts least."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.registry.document import COLUMNS, Block, BlockKind
from graphs.text.list_markers import item_start
from graphs.text.sentence_ends import sentence_ends

Cut = Callable[[str], Iterator[int]]
"""The places where a text may be cut."""


def _at(pattern: str) -> Cut:
    places = re.compile(pattern)
    return lambda text: (match.start() for match in places.finditer(text))


def _items(text: str) -> Iterator[int]:
    position = 0
    for line in text.splitlines(keepends=True):
        if item_start(line, "", in_list=True) is not None:
            yield position
        position += len(line)


def _top_items(text: str) -> Iterator[int]:
    return (position for position in _items(text) if not text[position].isspace())


_after_blank = _at(r"(?<=\n\n)(?=[^\n])")
_line = _at(r"(?<=\n)(?=[^\n])")
_word = _at(r"(?<=\s)(?=\S)")
# From best to last resort.
_STEPS: dict[BlockKind, tuple[Cut, ...]] = {
    "heading": (sentence_ends, _word),
    "paragraph": (_after_blank, sentence_ends, _line, _word),
    "list": (_top_items, _items, _after_blank, sentence_ends, _line, _word),
    "table": (_line, sentence_ends, _word),
    "row": (_line, sentence_ends, _word),
    "code": (_after_blank, _line, _word),
}
_MAX_COLUMNS_CHARS = 300
_SEPARATOR_ROW = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a block that stays whole: ``text[start:end]``, without white space at its ends.

    ``columns`` names the columns where the piece is table rows without their header.
    """

    start: int
    end: int
    columns: str = ""
    is_heading: bool = False


def atoms_of(text: str, block: Block, limit: int) -> list[Atom]:
    """The block as one atom where it fits ``limit`` code points, else divided."""
    start, end = _trimmed(text, block.start, block.end)
    if start == end:
        return []
    return [Atom(start, end)] if end - start <= limit else divide(text, block, limit)


def divide(text: str, block: Block, limit: int) -> list[Atom]:
    """The largest natural pieces of a block within ``limit`` code points: items, rows, sentences, words.

    >>> text = "One two. Three four."
    >>> [text[a.start:a.end] for a in divide(text, Block("paragraph", 0, len(text)), 12)]
    ['One two.', 'Three four.']
    """
    columns = _columns(text[block.start : block.end]) if block.kind == "table" else ""
    pieces = _pieces(text, block.start, block.end, _STEPS[block.kind], limit)
    return [Atom(start, end, columns if index else "") for index, (start, end) in enumerate(pieces)]


def _pieces(text: str, start: int, end: int, steps: tuple[Cut, ...], limit: int) -> Iterator[tuple[int, int]]:
    if not steps:
        yield from _by_force(text, start, end, limit)
        return
    cuts = [place + start for place in steps[0](text[start:end])]
    for first, last in zip([start, *cuts], [*cuts, end], strict=True):
        first, last = _trimmed(text, first, last)
        if first == last:
            continue
        if last - first <= limit:
            yield first, last
        else:
            yield from _filled(_pieces(text, first, last, steps[1:], limit), limit, steps)


def _filled(
    pieces: Iterator[tuple[int, int]], limit: int, steps: tuple[Cut, ...]
) -> Iterator[tuple[int, int]]:
    """Single words packed again into stretches: packing is left to the caller only for larger pieces."""
    if len(steps) > 2:
        yield from pieces
        return
    held: tuple[int, int] | None = None
    for start, end in pieces:
        if held is not None and end - held[0] <= limit:
            held = (held[0], end)
        else:
            if held is not None:
                yield held
            held = (start, end)
    if held is not None:
        yield held


def _by_force(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cut a word longer than the limit, not between a letter and its combining marks."""
    while end - start > limit:
        cut = start + limit
        while cut > start + max(limit // 2, 1) and unicodedata.combining(text[cut]):
            cut -= 1
        yield start, cut
        start = cut
    yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _columns(table: str) -> str:
    """The header row's cells in one line, or an empty string where there is no header."""
    header = table.strip().split("\n", 1)[0]
    if _SEPARATOR_ROW.fullmatch(header):
        return ""
    cells = [
        cell.strip() for cell in (header.split("\t") if "\t" in header else header.strip("| ").split("|"))
    ]
    named = [cell for cell in cells if cell]
    return f"{COLUMNS}{' | '.join(named)}"[:_MAX_COLUMNS_CHARS] if len(named) > 1 else ""
