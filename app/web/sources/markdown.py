"""Canonical Markdown as its readers know it, with the cited words lit; or not at all, where that is not sure.

Two characters that no text has are put around the words before the text is read, and what stands between them
afterwards is lit. They count as letters to Markdown, so they may change how it reads (``**|"so"**``): several
places are tried, and one is good only if the page without them is what it would have been anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from app.web.sources.markdown_tokens import render
from app.web.sources.part import LIT, LIT_END, SourcePart

BEGIN, END = "\ufdd0", "\ufdd1"
"""Noncharacters (Unicode 23.7): no font has them, nothing but a program's own use."""

_MOST_BRACKETS = 3000
_MOST_HTML = 500_000
"""Beyond these a text is no text, and reading it takes long."""

_MARKERS = re.compile(r"(?:[ \t]{0,40}(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)|#{1,6}(?=\s)|\|)){1,40}[ \t]{0,40}")
_FENCE = re.compile(r"[ \t>]{0,40}(?:`{3,40}|~{3,40})[^\n]{0,200}\n{1,9}")
_INLINE = re.compile(r"[*_~`\[!\\<|]+")
_WORD = re.compile(r"[^\W_]")
_TAG = re.compile(r"(<[^<>]*>)")


def markdown_html(part: SourcePart) -> Markup | None:
    """The part as HTML; None where it cannot be told where its lit words stand."""
    source = part.opening + part.text.translate({ord(BEGIN): "\ufffd", ord(END): "\ufffd"})
    if source.count("[") > _MOST_BRACKETS:
        return None
    plain = render(source, part.definitions, part.depth)
    if len(plain) > _MOST_HTML:
        return None
    start, end = part.start + len(part.opening), part.end + len(part.opening)
    if not source[start:end].strip():
        return Markup(plain)

    def same(marked: str, *signs: str) -> str:
        html = render(marked, part.definitions, part.depth)
        bare = html
        for sign in signs:
            bare = bare.replace(sign, "") if html.count(sign) == 1 else "\0"
        return html if bare == plain else ""

    last = next((at for at in _ends(source, start, end) if same(source[:at] + END + source[at:], END)), None)
    if last is None:
        return None
    for first in _starts(source, start, last):
        marked = source[:first] + BEGIN + source[first:last] + END + source[last:]
        if html := same(marked, BEGIN, END):
            return _lit(html)
    return None


def _starts(source: str, start: int, end: int) -> Iterator[int]:
    """Where the first word may be, the likeliest first."""
    text = source[:end]
    at = end - len(source[start:end].lstrip())
    yield at
    for skipped in (_FENCE, _MARKERS, _INLINE):
        if found := skipped.match(text, at):
            at = found.end()
            yield at
    if found := _WORD.search(text, at):
        yield found.start()


def _ends(source: str, start: int, end: int) -> Iterator[int]:
    quote = source[start:end]
    yield start + len(quote.rstrip())
    yield start + len(quote.rstrip(" \t\n|"))
    yield start + len(quote.rstrip(" \t\n*_~`|\\]#=>-"))
    words = [found.end() for found in _WORD.finditer(quote)]
    if words:
        yield start + words[-1]


def _lit(html: str) -> Markup | None:
    """HTML with marks for what stands between the signs; none of them reaches over a tag."""
    pieces: list[str] = []
    lighting = False
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            if BEGIN in piece or END in piece:
                return None
            pieces.append(piece)
            continue
        before, begins, rest = piece.partition(BEGIN)
        if begins:
            pieces.append(before)
            lighting, piece = True, rest
        inside, ends, after = piece.partition(END)
        if lighting:
            # Line ends between elements are no words.
            pieces.append(inside if not inside.strip() and "\n" in inside else _mark(inside))
        else:
            pieces.append(inside)
        if ends:
            lighting = False
            pieces.append(after)
    return Markup("".join(pieces))


def _mark(words: str) -> str:
    return f"{LIT}{words}{LIT_END}" if words else ""
