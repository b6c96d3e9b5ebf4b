"""The block of a text that a place stands in: paragraph, list, table, code, definition, told by its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

BlockKind = Literal["paragraph", "list", "table", "code", "definition"]

REACH = 6000
"""Characters before and after a place that are looked at: what is larger is cut anyway."""

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_DEFINES = re.compile(r"([ \t]*):[ \t]+\S")
_ITEM = re.compile(r"[ \t]*(?:[-*+•●○▪◦‣]|\d{1,3}[.)]|[a-z][.)])[ \t]+\S")
_LABELLED = re.compile(r"[^:;|]{1,60}: [^;]*(?:; [^:;]{1,60}: [^;]*)+")
_HEADING = re.compile(r"#{1,6}\s")
_RULE = re.compile(r"[\s|:+=-]{3,}$")

_LineKind = Literal["blank", "heading", "fence", "code", "row", "item", "text"]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """``text[start:end]``. ``lead``: the place of the words it is read under, empty where there are none: the
    term that is defined, the names of the columns, the sentence that introduces a list."""

    start: int
    end: int
    kind: BlockKind
    lead: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    kind: _LineKind


def definition_at(text: str, at: int) -> TextBlock | None:
    """The innermost definition around a place, its term included: "term", then ": what it means" below it.

    >>> found = definition_at("a\\n:   One.\\n\\nb\\n:   Two.\\n\\n    More.\\n\\nRest.", 27)
    >>> (found.start, found.end, found.lead) if found else None
    (12, 33, (12, 13))
    """
    lines = _lines(text, at)
    place = _line_of(lines, at)
    if place is None:
        return None
    if place + 1 < len(lines) and _defines(text, lines[place + 1]) and lines[place].kind == "text":
        place += 1  # the term itself
    depth = lines[place].indent + (1 if _defines(text, lines[place]) else 0)
    for above in range(place, -1, -1):
        line = lines[above]
        if line.kind in ("blank", "code"):
            continue
        if _defines(text, line) and line.indent < depth:
            return _definition(text, lines, above)
        depth = min(depth, line.indent)
        if not depth:
            return None
    return None


def _definition(text: str, lines: Sequence[_Line], colon: int) -> TextBlock | None:
    indent = lines[colon].indent
    first = colon
    while first and _is_term(text, lines[first - 1], indent):
        first -= 1
    if first == colon:
        return None
    last = colon
    for place in range(colon + 1, len(lines)):
        if lines[place].kind == "blank":
            continue
        if lines[place].indent <= indent and not _defines(text, lines[place]):
            break
        last = place
    term = (lines[first].start + indent, lines[colon - 1].end)
    return TextBlock(term[0], lines[last].end, "definition", term)


def block_at(text: str, at: int) -> TextBlock:
    """The innermost block around a place that is no definition; ends without white space.

    >>> page = "Steps:\\n\\n- One.\\n- Two.\\n\\nRest."
    >>> found = block_at(page, page.find("Two"))
    >>> found.kind, page[found.start : found.end]
    ('list', '- One.\\n- Two.')
    """
    lines = _lines(text, at)
    place = _line_of(lines, at)
    if place is None:
        return TextBlock(at, at, "paragraph")
    kind = lines[place].kind
    if kind == "text" and (head := _item_of(lines, place)) is not None:
        place, kind = head, "item"
    if kind == "row":
        first, last = _run(lines, place, ("row",))
        begin = _in(text, lines[first])
        return TextBlock(begin, lines[last].end, "table", (begin, lines[first].end))
    if kind == "code":
        first, last = _run(lines, place, ("code",))
        return TextBlock(lines[first].start, lines[last].end, "code")
    if kind == "item":
        first, last = _list(lines, place)
        return TextBlock(lines[first].start, lines[last].end, "list")
    first, last = _run(lines, place, (kind,)) if kind == "text" else (place, place)
    # A term and its definition are two paragraphs, and so are a definition's end and what follows it.
    starts = [one for one in range(first, place + 1) if _defines(text, lines[one])]
    first = starts[-1] if starts else first
    return TextBlock(_in(text, lines[first]), lines[last].end, "paragraph")


def introduction(text: str, block: TextBlock) -> TextBlock | None:
    """The paragraph directly above a list, a table or code, where it ends in a colon."""
    above = len(text[: block.start].rstrip())
    if block.kind == "code":
        above = len(re.sub(r"\n?[ \t]*(?:`{3,}|~{3,})[^\n]*$", "", text[:above][-200:])) + max(0, above - 200)
        above = len(text[:above].rstrip())
    if not above or text[above - 1] not in ":：":
        return None
    found = block_at(text, above - 1)
    return found if found.kind == "paragraph" and found.end <= block.start else None


def introduced(text: str, block: TextBlock) -> TextBlock | None:
    """The list, table or code directly below a paragraph that ends in a colon."""
    if block.kind != "paragraph" or text[block.end - 1 : block.end] not in (":", "："):
        return None
    for line in _lines(text, block.end):
        if line.start > block.end and line.kind not in ("blank", "fence"):
            found = block_at(text, _in(text, line))
            return found if found.kind != "paragraph" and line.kind != "heading" else None
    return None


def _list(lines: Sequence[_Line], place: int) -> tuple[int, int]:
    """The first and the last line of all the items around one."""
    first = last = place
    for above in range(place - 1, -1, -1):
        if lines[above].kind == "item":
            first = above
        elif lines[above].kind != "blank" and (lines[above].kind != "text" or _item_of(lines, above) is None):
            break
    for below in range(place + 1, len(lines)):
        kind = lines[below].kind
        if kind == "item" or (kind == "text" and _item_of(lines, below) is not None):
            last = below
        elif kind != "blank":
            break
    return first, last


def _item_of(lines: Sequence[_Line], place: int) -> int | None:
    """The line that begins the item which a line of text goes on with."""
    apart = False
    for above in range(place - 1, -1, -1):
        line = lines[above]
        if line.kind == "blank":
            apart = True
        elif line.kind == "item":
            # Below a blank line only what is indented still belongs to the item.
            return above if not apart or lines[place].indent > line.indent else None
        elif line.kind != "text":
            return None
    return None


def _run(lines: Sequence[_Line], place: int, kinds: tuple[str, ...]) -> tuple[int, int]:
    first = last = place
    while first and lines[first - 1].kind in kinds:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].kind in kinds:
        last += 1
    return first, last


def _lines(text: str, at: int) -> Sequence[_Line]:
    # Places near each other are asked for in turn: they share a window.
    return _window(text, at // REACH)


@lru_cache(maxsize=8)
def _window(text: str, number: int) -> Sequence[_Line]:
    low = text.rfind("\n", 0, max(0, (number - 1) * REACH)) + 1
    high = text.find("\n", min(len(text), (number + 2) * REACH))
    return tuple(_read(text, low, len(text) if high < 0 else high))


def _read(text: str, low: int, high: int) -> Iterator[_Line]:
    inside = bool(len(_FENCE.findall(text, 0, low)) % 2)
    start = low
    for line in text[low:high].split("\n"):
        bare, end = line.strip(), start + len(line.rstrip())
        kind: _LineKind = "text"
        if _FENCE.match(line):
            kind, inside = "fence", not inside
        elif inside:
            kind = "code"
        elif not bare:
            kind = "blank"
        elif _HEADING.match(bare):
            kind = "heading"
        elif bare.startswith("|") or "\t" in bare or _LABELLED.fullmatch(bare):
            kind = "row"
        elif _ITEM.match(line):
            kind = "item"
        elif _RULE.fullmatch(bare):
            kind = "blank"
        yield _Line(start, max(end, start), len(line) - len(line.lstrip()), kind)
        start += len(line) + 1


def _line_of(lines: Sequence[_Line], at: int) -> int | None:
    return next(
        (place for place, line in enumerate(lines) if line.start <= at <= line.end and line.end > line.start),
        None,
    )


def _defines(text: str, line: _Line) -> bool:
    return line.kind == "text" and _DEFINES.match(text, line.start) is not None


def _is_term(text: str, line: _Line, indent: int) -> bool:
    return line.kind == "text" and line.indent == indent and not _defines(text, line)


def _in(text: str, line: _Line) -> int:
    """Where a line's words begin, after its indentation and the colon of a definition."""
    found = re.compile(r"[ \t]*(?::[ \t]+)?").match(text, line.start)
    return found.end() if found else line.start
