"""A stored version: its text with all that says where on pages its characters stand, read at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.registry.page_layout import Rectangle, rectangles


@dataclass(frozen=True, slots=True)
class StoredText:
    """``pages`` are the offsets at which pages start, ``layout`` what ``page_layout.pack`` made."""

    text: str
    pages: Sequence[int]
    layout: bytes

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, on which a character stands; None where there are none."""
        return page_of(self.pages, offset)

    def rects_at(self, start: int, end: int) -> list[Rectangle]:
        """Where ``text[start:end]`` stands on its pages: a rectangle a line, or none."""
        return rectangles(self.layout, start, end)


def page_of(pages: Sequence[int], offset: int) -> int | None:
    """The page of an offset, counted from 1, where ``pages`` are the offsets at which pages start.

    >>> page_of([0, 100], 99), page_of([0, 100], 100), page_of([], 5)
    (1, 2, None)
    """
    return max(bisect_right(pages, offset), 1) if pages else None
