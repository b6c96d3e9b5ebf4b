"""A part of a document's text, and its words as HTML with those that are cited lit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

LIT = Markup("<mark>")
LIT_END = Markup("</mark>")
ANCHOR = Markup('<mark id="lit">')


@dataclass(frozen=True, slots=True)
class SourcePart:
    """``text[start:end]`` is lit; nothing is where both are the same.

    ``opening`` is what must stand before the text so that it reads as in the whole: a fence, a table's head.
    ``definitions`` are lines elsewhere that name addresses. ``headings`` maps the words of a heading to its
    depth from 1, ``pages`` are (offset, name) of the pages that begin here. ``line`` is the number of the
    first line, 0 where it is not known; ``depth`` the level of the page's heading above all this.
    """

    text: str
    start: int = 0
    end: int = 0
    opening: str = ""
    definitions: str = ""
    headings: dict[str, int] = field(default_factory=dict)
    pages: Sequence[tuple[int, str]] = ()
    line: int = 0
    depth: int = 2

    @property
    def quote(self) -> str:
        return self.text[self.start : self.end]


def lit(part: SourcePart, begin: int, end: int) -> Markup:
    """``text[begin:end]``, escaped, in it what is lit.

    >>> str(lit(SourcePart("a < b", 2, 5), 0, 4))
    'a <mark>&lt; </mark>'
    """
    first, last = max(part.start, begin), min(part.end, end)
    if first >= last:
        return escape(part.text[begin:end])
    before, inside, after = part.text[begin:first], part.text[first:last], part.text[last:end]
    # White space alone has nothing to light.
    return escape(before) + (LIT + inside + LIT_END if inside.strip() else escape(inside)) + after


def anchored(html: Markup) -> Markup:
    """The first lit words get the name that addresses end with. All else that was ``<mark>`` is escaped."""
    return Markup(str(html).replace(LIT, ANCHOR, 1))
