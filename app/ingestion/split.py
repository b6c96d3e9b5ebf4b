"""Documents to passages: along the structure, never across a heading, each small enough to embed whole."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from app.ingestion.divide import Atom, atoms_of, divide
from app.registry.document import Block, LoadedDocument, PassageSpan

# Sections below this many characters may share a passage with the section that follows.
_SMALL_SECTION = 250
# A last passage below this many characters joins the one before it in its section, where there is room.
_SMALL_TAIL = 150
# Below this part of the target a passage takes in a block that makes it overshoot, rather than stay tiny.
_EAGER = 0.35


@dataclass(frozen=True, slots=True)
class _Section:
    """Headings that follow each other directly, and the blocks below them."""

    path: tuple[str, ...]
    level: int
    headings: tuple[Block, ...]
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    path: tuple[str, ...]
    level: int
    columns: str = ""
    whole: bool = False
    """Whether it holds all of its section."""


def split(document: LoadedDocument, *, target_chars: int, max_chars: int) -> list[PassageSpan]:
    """The passages of a document, in order and without overlap.

    Sizes are in code points. Every character that is not white space belongs to exactly one passage; none is
    longer than ``max_chars``. A passage that begins inside a table names the columns as its last heading.
    Raises ``ValueError`` when the sizes make no sense.

    >>> text = "Ask first. Then go."
    >>> page = LoadedDocument(text, "Leave", "text/plain", (Block("paragraph", 0, len(text)),))
    >>> split(page, target_chars=1000, max_chars=1400)
    [PassageSpan(start=0, end=19, headings=('Leave',), page=None)]
    """
    if not 0 < target_chars <= max_chars:
        raise ValueError(f"target_chars {target_chars} must be above 0 and at most max_chars {max_chars}")
    passages: list[_Passage] = []
    for section in _sections(_covering(document.text, document.blocks)):
        found = _section_passages(document, section, target_chars, max_chars)
        if (
            passages
            and len(found) == 1
            and (merged := _merged(passages[-1], found[0], document.pages, max_chars))
        ):
            passages[-1] = merged
        else:
            passages.extend(found)
    return [_span(document, passage) for passage in passages]


def _span(document: LoadedDocument, passage: _Passage) -> PassageSpan:
    headings = passage.path
    if document.title and (not headings or headings[0].casefold() != document.title.casefold()):
        headings = (document.title, *headings)
    if passage.columns:
        headings = (*headings, passage.columns)
    page = bisect_right(document.pages, passage.start) if document.pages else None
    return PassageSpan(passage.start, passage.end, headings, max(page, 1) if page is not None else None)


def _covering(text: str, blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks, and paragraphs for the text that belongs to none (link definitions, for instance)."""
    position = 0
    for block in (*blocks, Block("paragraph", len(text), len(text))):
        gap = text[position : block.start]
        if gap and not gap.isspace():
            yield Block("paragraph", position, block.start)
        if block.end > block.start:
            yield block
        position = block.end


def _sections(blocks: Iterator[Block]) -> Iterator[_Section]:
    """Runs of blocks under one heading path. A heading right below its parent heading shares the section."""
    path: list[Block] = []
    headings: list[Block] = []
    body: list[Block] = []

    def section() -> _Section:
        titles = tuple(block.title for block in path if block.title)
        return _Section(titles, path[-1].level if path else 0, tuple(headings), tuple(body))

    for block in blocks:
        if block.kind != "heading":
            body.append(block)
            continue
        if body or (headings and block.level <= headings[-1].level):
            yield section()
            headings, body = [], []
        path = [*(above for above in path if above.level < block.level), block]
        headings.append(block)
    if headings or body:
        yield section()


def _section_passages(document: LoadedDocument, section: _Section, target: int, limit: int) -> list[_Passage]:
    groups: list[list[Atom]] = []
    for atom in _section_atoms(document.text, section, limit):
        if groups and _joins(groups[-1], atom, document.pages, target, limit):
            groups[-1].append(atom)
        elif groups and (intro := _introduction(document.text, groups[-1], atom, limit)):
            groups[-1].pop()
            groups.append([intro, atom])
        else:
            groups.append([atom])
    if len(groups) > 1 and _tail_joins(groups[-2], groups[-1], document.pages, limit):
        groups[-2:] = [[*groups[-2], *groups[-1]]]
    return [
        _Passage(
            group[0].start, group[-1].end, section.path, section.level, group[0].columns, len(groups) == 1
        )
        for group in groups
    ]


def _section_atoms(text: str, section: _Section, limit: int) -> list[Atom]:
    heads = [
        replace(atom, is_heading=True) for block in section.headings for atom in atoms_of(text, block, limit)
    ]
    atoms = list(heads)
    for position, block in enumerate(section.body):
        pieces = atoms_of(text, block, limit)
        if position == 0 and heads and pieces and pieces[0].end - heads[0].start > limit:
            # A heading must not stand alone: divide the first block so that its beginning stays below it.
            top = heads[0] if block.start - heads[0].start <= limit // 2 else heads[-1]
            room = max(limit - (block.start - top.start), limit // 2)
            pieces = divide(text, block, room)
        atoms.extend(pieces)
    return atoms


def _joins(group: list[Atom], atom: Atom, pages: tuple[int, ...], target: int, limit: int) -> bool:
    start, size = group[0].start, group[-1].end - group[0].start
    whole = atom.end - start
    if whole > limit:
        return False
    if group[-1].is_heading:
        return True
    if _page(pages, atom.start) != _page(pages, start):
        return False
    return whole <= target or size < target * _EAGER


def _introduction(text: str, group: list[Atom], atom: Atom, limit: int) -> Atom | None:
    """The last atom of ``group`` where it ends in a colon and fits with ``atom``, which it introduces.

    A list without the sentence before it says less, and that sentence nothing without the list.
    """
    last = group[-1]
    alone = len(group) < 2 or group[-2].is_heading
    if alone or last.is_heading or atom.end - last.start > limit:
        return None
    return last if text[last.start : last.end].rstrip().endswith(":") else None


def _tail_joins(before: list[Atom], tail: list[Atom], pages: tuple[int, ...], limit: int) -> bool:
    small = tail[-1].end - tail[0].start < _SMALL_TAIL
    same_page = _page(pages, before[0].start) == _page(pages, tail[0].start)
    return small and same_page and tail[-1].end - before[0].start <= limit


def _page(pages: tuple[int, ...], offset: int) -> int:
    return bisect_right(pages, offset)


def _merged(before: _Passage, passage: _Passage, pages: tuple[int, ...], limit: int) -> _Passage | None:
    """Two small sections of one page as one passage, if the second is a sibling of the first or below it."""
    if _page(pages, before.start) != _page(pages, passage.start):
        return None
    small = passage.end - before.start < min(_SMALL_SECTION, limit)
    related = 0 < before.level <= passage.level
    if not (small and related and before.whole and passage.whole):
        return None
    # Both headings are in the passage; above it stands what they share.
    pairs = zip(before.path, passage.path, strict=False)
    shared = tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return _Passage(before.start, passage.end, shared, before.level, whole=True)
