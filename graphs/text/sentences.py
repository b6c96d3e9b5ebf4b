"""Cut text into sentences, list items and table rows, with exact offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphs.text.list_markers import item_start
from graphs.text.remembered import remembered
from graphs.text.sentence_ends import sentence_ends

UnitKind = Literal["sentence", "item", "row", "heading", "code"]

MAX_UNIT = 400
"""Longer stretches without a sentence end (filings, logs) are cut here, in characters."""

_CUTS = (("\n",), ("; ", "；", "؛ "), (", ", "，", "、", "، "), (" ",))
"""Best first; where there is none, between letters."""

_HEADING = re.compile(r"#{1,6}\s")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_LABELLED_ROW = re.compile(r"[^:;|]{1,60}: [^;]*(?:; [^:;]{1,60}: [^;]*)+")
"""A record on one line, as CSV rows are written: ``Plan: Team; Price: 49 EUR``."""
_RULE_ROW = re.compile(r"[\s|:+=-]+$")


@dataclass(frozen=True, slots=True)
class Unit:
    """``text[start:end]``: the smallest piece that can be cited on its own."""

    start: int
    end: int
    kind: UnitKind

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def units(text: str) -> tuple[Unit, ...]:
    """The citable pieces of ``text``, in order, without surrounding white space or list markers.

    Rows are lines between pipes (Markdown), with tabs (tables of PDFs) or of ``key: value;`` pairs (CSV).

    >>> sample = "# Returns\\n\\nWithin 30 days. No. 7 is exempt.\\n- Keep the box.\\n"
    >>> [unit.of(sample) for unit in units(sample)]
    ['# Returns', 'Within 30 days.', 'No. 7 is exempt.', 'Keep the box.']
    """
    return _units(text)


@remembered(texts=1024)
def _units(text: str) -> tuple[Unit, ...]:
    return tuple(unit for block in _blocks(text) for unit in _cut(text, block))


def _blocks(text: str) -> Iterator[Unit]:
    """Runs of lines that belong together: a paragraph, an item, a table row, a heading, fenced code."""
    start, kind, fence = -1, "sentence", ""
    position, line = 0, ""
    for following in text.splitlines(keepends=True):
        before, line = line, following
        begin, position = position, position + len(line)
        bare = line.strip()
        mark = _FENCE.match(line) if bare[:1] in ("`", "~") else None
        if fence:
            if mark and mark.group(1).startswith(fence) and bare == mark.group(1):
                yield Unit(start, begin, "code")
                start, fence = -1, ""
            continue
        single = _single_line(bare)
        item = None if single or mark else item_start(line, before if start >= 0 else "", kind == "item")
        if start >= 0 and (not bare or mark or single or item is not None):
            yield Unit(start, begin, kind)  # type: ignore[arg-type]
            start = -1
        if mark:
            start, fence = position, mark.group(1)
        elif single == "skip" or not bare:
            continue
        elif single:
            yield Unit(begin, position, single)  # type: ignore[arg-type]
        elif item is not None:
            start, kind = begin + item, "item"
        elif start < 0:
            start, kind = begin, "sentence"
    if start >= 0 and start < len(text):
        yield Unit(start, len(text), "code" if fence else kind)  # type: ignore[arg-type]


def _single_line(bare: str) -> str:
    first = bare[:1]
    if first == "#" and _HEADING.match(bare):
        return "heading"
    if first == "|":
        return "skip" if _RULE_ROW.fullmatch(bare) else "row"
    if "\t" in bare or (";" in bare and _LABELLED_ROW.fullmatch(bare)):
        return "row"
    if len(bare) > 2 and not first.isalnum() and _RULE_ROW.fullmatch(bare):
        return "skip"
    return ""


def _cut(text: str, block: Unit) -> Iterator[Unit]:
    if block.kind in ("row", "heading"):
        yield from _trimmed(text, block.start, block.end, block.kind)
        return
    if block.kind == "code":
        yield from _capped(text, block.start, block.end, "code")
        return
    start = block.start
    for end in sentence_ends(text, block.start, block.end):
        yield from _capped(text, start, end, block.kind)
        start = end
    yield from _capped(text, start, block.end, block.kind)


def _capped(text: str, start: int, end: int, kind: UnitKind) -> Iterator[Unit]:
    while end - start > MAX_UNIT:
        cut = start + MAX_UNIT
        for marks in _CUTS:
            found = [(text.rfind(mark, start + MAX_UNIT // 2, cut), len(mark)) for mark in marks]
            last, length = max(found)
            if last >= 0:
                cut = last + length
                break
        else:
            while cut > start + MAX_UNIT // 2 and unicodedata.category(text[cut])[0] == "M":
                cut -= 1
        yield from _trimmed(text, start, cut, kind)
        start = cut
    yield from _trimmed(text, start, end, kind)


def _trimmed(text: str, start: int, end: int, kind: UnitKind) -> Iterator[Unit]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Unit(start, end, kind)
