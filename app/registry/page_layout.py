"""Where the words of a canonical text stand on their pages: packed small, and read back as rectangles."""

from __future__ import annotations

import json
import math
import struct
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LINES = 200
"""Lines packed together: what a citation needs is read without unpacking a whole book."""

_UNPACKED = 8 * 1024 * 1024
"""Bytes a pack may unpack to; files are read in a process that is not trusted with more."""

_HEAD = struct.Struct("!I")
_ENTRY = struct.Struct("!II")

Rectangle = tuple[int, float, float, float, float]
"""(page from 1, x0, y0, x1, y1) in points of PDF user space: the origin is bottom left, y goes up."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a page. ``start`` is its offset in the canonical text; low and high bound it, in points.

    ``marks`` holds three numbers a word: its offset in the line, and its left and right edge in tenths of a
    point.
    """

    start: int
    page: int
    low: float
    high: float
    marks: Sequence[int]


def pack(lines: Iterable[PlacedLine]) -> bytes:
    """The lines, in order of their offsets, as bytes; none for none.

    An index of (offset of the first line, length in bytes), then packs of lines: JSON lists of differences
    from the line before, deflated.
    """
    every = list(lines)
    packs = [every[begin : begin + LINES] for begin in range(0, len(every), LINES)]
    bodies = [zlib.compress(json.dumps(_numbers(one), separators=(",", ":")).encode(), 6) for one in packs]
    index = b"".join(_ENTRY.pack(one[0].start, len(body)) for one, body in zip(packs, bodies, strict=True))
    return _HEAD.pack(len(packs)) + index + b"".join(bodies) if packs else b""


def rectangles(packed: bytes, start: int, end: int) -> list[Rectangle]:
    """One rectangle for each line on which a word of ``text[start:end]`` stands, in reading order.

    >>> line = PlacedLine(0, 0, 700.0, 712.0, [0, 720, 900, 4, 930, 1100])
    >>> rectangles(pack([line]), 4, 9)
    [(1, 93.0, 700.0, 110.0, 712.0)]
    """
    if not packed or end <= start:
        return []
    count = _HEAD.unpack_from(packed)[0]
    entries = [_ENTRY.unpack_from(packed, _HEAD.size + _ENTRY.size * n) for n in range(count)]
    position = _HEAD.size + _ENTRY.size * count
    found: list[Rectangle] = []
    for number, (first, length) in enumerate(entries):
        following = entries[number + 1][0] if number + 1 < count else math.inf
        if first < end and following > start:
            found += _overlapped(packed[position : position + length], following, start, end)
        position += length
    return found


def _numbers(lines: Sequence[PlacedLine]) -> list[list[int]]:
    rows: list[list[int]] = []
    offset = page = 0
    for line in lines:
        low, high = math.floor(line.low * 10), math.ceil(line.high * 10)
        row = [line.start - offset, line.page - page, low, high - low]
        at = edge = 0
        for begin, left, right in zip(line.marks[::3], line.marks[1::3], line.marks[2::3], strict=True):
            row += (begin - at, left - edge, right - left)
            at, edge = begin, right
        rows.append(row)
        offset, page = line.start, line.page
    return rows


def _overlapped(body: bytes, following: float, start: int, end: int) -> list[Rectangle]:
    rows: list[list[int]] = json.loads(zlib.decompressobj().decompress(body, _UNPACKED))
    begins, offset = array("q"), 0
    for row in rows:
        offset += row[0]
        begins.append(offset)
    found: list[Rectangle] = []
    page = 0
    for number, row in enumerate(rows):
        page += row[1]
        stop = begins[number + 1] if number + 1 < len(rows) else following
        if begins[number] >= end or stop <= start:
            continue
        edges = _edges(row, begins[number], stop, start, end)
        if edges:
            left, right = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
            found.append((page + 1, left / 10, row[2] / 10, right / 10, (row[2] + row[3]) / 10))
    return found


def _edges(row: list[int], begin: int, stop: float, start: int, end: int) -> list[tuple[int, int]]:
    """Left and right edge of the words of one line that the range touches."""
    words: list[tuple[int, int, int]] = []
    at, edge = begin, 0
    for place in range(4, len(row), 3):
        at, left = at + row[place], edge + row[place + 1]
        edge = left + row[place + 2]
        words.append((at, left, edge))
    found: list[tuple[int, int]] = []
    for number, (at, left, right) in enumerate(words):
        # One character between words: the space or the tab.
        until = words[number + 1][0] - 1 if number + 1 < len(words) else stop
        if at < end and until > start:
            found.append((left, right))
    return found
