"""A part of a document by what its format is: which of the views shows it, and whether that can be right."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape

from markupsafe import Markup

from app.web.sources.lines import lines_html
from app.web.sources.markdown import markdown_html
from app.web.sources.outline import outline_html
from app.web.sources.part import SourcePart, anchored

_MARK = re.compile(r"<mark>([^<]*)</mark>")
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_OFFICE = "application/vnd.openxmlformats-officedocument."

MARKDOWN = frozenset(
    {
        "text/markdown",
        "text/html",
        "multipart/related",
        "application/epub+zip",
        "application/x-ipynb+json",
        f"{_OFFICE}wordprocessingml.document",
    }
)
ROWS = frozenset(
    {
        "text/csv",
        "text/tab-separated-values",
        "application/json",
        "application/x-ndjson",
        f"{_OFFICE}spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
SLIDES = frozenset(
    {f"{_OFFICE}presentationml.presentation", "application/vnd.oasis.opendocument.presentation"}
)
OUTLINES = SLIDES | {
    "application/pdf",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "message/rfc822",
    "application/vnd.ms-outlook",
}


@dataclass(frozen=True, slots=True)
class ShownPart:
    """``as_written``: no view of its format could be trusted with the lit words."""

    html: Markup
    as_written: bool = False


def shown_part(part: SourcePart, media_type: str, anchor: bool = True) -> ShownPart:
    """A part of a document as HTML, with ``<mark>`` around its lit words and nothing else. ``anchor``: the
    first of them are what the page's address ends with."""
    shown = _shown(part, media_type)
    html = in_steps(shown.html, part.depth)
    return replace(shown, html=anchored(html) if anchor else html)


def in_steps(html: Markup, depth: int) -> Markup:
    """Headings one level at most below the one before, the first below ``depth``: a part of a document begins
    anywhere, and who listens to a page goes by its levels. All other ``<`` of the text are escaped.

    >>> str(in_steps(Markup("<h4>a</h4><h6>b</h6><h3>c</h3>"), 1))
    '<h2>a</h2><h3>b</h3><h3>c</h3>'
    """
    last = depth

    def step(found: re.Match[str]) -> str:
        nonlocal last
        if not found[1]:
            last = min(int(found[2]), last + 1)
        return f"<{found[1]}h{last}"

    return Markup(_HEADING.sub(step, str(html)))


def _shown(part: SourcePart, media_type: str) -> ShownPart:
    html: Markup | None
    if media_type in MARKDOWN:
        html = markdown_html(part)
    elif media_type in ROWS or media_type in OUTLINES:
        html = outline_html(part, rows=media_type in ROWS)
    else:
        return ShownPart(lines_html(part, code=media_type.startswith("text/x-")))
    if html is None or not _is_right(html, part.quote):
        return ShownPart(lines_html(part), as_written=True)
    return ShownPart(html)


def _is_right(html: Markup, quote: str) -> bool:
    """Whether the lit letters are the quote's in their order, and some are. The quote may have more: markup,
    addresses of links, names of columns."""
    if not quote.strip():
        return True
    lit = _letters(unescape("".join(_MARK.findall(html))))
    letters = _letters(quote)
    rest = iter(letters)
    return all(one in rest for one in lit) and bool(lit or not letters)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
