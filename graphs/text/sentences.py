"""Cut text into sentences, list items and table rows, with exact offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Literal, NamedTuple

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


class Unit(NamedTuple):
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
    found = (
        _trimmed(text, start, end, block.kind) for block in _blocks(text) for start, end in _cut(text, block)
    )
    return tuple(unit for unit in found if unit is not None)


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
        single = _single_line(bare) if bare else ""
        item = (
            None
            if single or mark or not bare
            else item_start(line, before if start >= 0 else "", kind == "item")
        )
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


def _cut(text: str, block: Unit) -> Iterator[tuple[int, int]]:
    """Where its sentences begin and end, the long ones in several; code is cut by its length alone."""
    if block.kind in ("row", "heading"):
        yield block.start, block.end
        return
    start = block.start
    inner = () if block.kind == "code" else sentence_ends(text, block.start, block.end)
    for end in chain(inner, (block.end,)):
        while end - start > MAX_UNIT:
            cut = _last_cut(text, start)
            yield start, cut
            start = cut
        yield start, end
        start = end


def _last_cut(text: str, start: int) -> int:
    """The best place to end what begins at ``start`` and is too long."""
    most = start + MAX_UNIT
    for marks in _CUTS:
        last, length = max((text.rfind(mark, start + MAX_UNIT // 2, most), len(mark)) for mark in marks)
        if last >= 0:
            return last + length
    cut = most
    while cut > start + MAX_UNIT // 2 and unicodedata.category(text[cut])[0] == "M":
        cut -= 1
    return cut


def _trimmed(text: str, start: int, end: int, kind: UnitKind) -> Unit | None:
    said = text[start:end].rstrip()
    bare = said.lstrip()
    return Unit(start + len(said) - len(bare), start + len(said), kind) if bare else None
