"""Whether a page that shows a text would load, run, send or link to anything: judged apart from our guard."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_AUTOLINK = re.compile(
    r"(?:https?|ftp)://[\w\[]|\bwww\.[\w-]|\b(?:mailto|xmpp|javascript|vbscript):[^\s<]|\bdata:[\w/+.-]+[;,]",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"on[a-z]+", re.IGNORECASE)
_POINTS = frozenset(
    "href src srcset action formaction data poster background ping xlink:href style srcdoc http-equiv".split()
)
_ACTIVE = frozenset(
    "script style iframe frame frameset object embed applet svg math meta link base form img image audio "
    "video source track input button textarea select portal template noscript plaintext xmp".split()
)


@lru_cache(maxsize=4096)  # the same reasons and names stand in one answer after the other
def live_content(text: str) -> str:
    """What of the text does something, in a few words; empty for text that only says something.

    It is read as HTML, as it would be put into a page, and as Markdown (CommonMark, HTML allowed); web
    addresses count as GitHub's Markdown links them.

    >>> live_content("a < b"), live_content("![x](//h.test)"), live_content("see www.h.test")
    ('', 'img', 'address')
    """
    if _AUTOLINK.search(text):
        return "address"
    return _in_html(text) or _in_html(_reader().render(text))


def _in_html(page: str) -> str:
    from bs4 import BeautifulSoup

    # A tag without an end goes on in what follows it on the page.
    for tag in BeautifulSoup(f"<p>{page}</p>", "lxml").find_all(True):
        if tag.name in _ACTIVE:
            return str(tag.name)
        for name, value in tag.attrs.items():
            # A handler without a value does nothing.
            if name.lower() in _POINTS or (_HANDLER.fullmatch(name) and value):
                return f"{tag.name} {name}"
    return ""


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True})
