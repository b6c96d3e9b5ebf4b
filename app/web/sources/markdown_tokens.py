"""Markdown as HTML of a few harmless elements: nothing of the text becomes one, nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from app.web.sources.rows import TABLE, TABLE_END

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token

_LINKED = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align:(right|center)")
_DIRECTED = frozenset({"paragraph_open", "heading_open", "list_item_open", "th_open", "td_open"})
_OUTSIDE = {"rel": "noopener noreferrer nofollow", "target": "_blank"}


def render(source: str, defined: str = "", depth: int = 2) -> str:
    """The HTML of Markdown (CommonMark, tables, ~~strikethrough~~).

    Tags in the text are shown as text; a link keeps its address only for HTTP and mail; of a picture its
    description stands alone. ``defined`` are link definitions that stand elsewhere; headings begin below
    ``depth``.
    """
    parser = _parser()
    known: MutableMapping[str, Any] = {}
    if defined:
        parser.parse(defined, known)
    tokens = parser.parse(source, known)
    _tame(tokens, depth)
    return str(parser.renderer.render(tokens, parser.options, known))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # All links are read as links, so that an address is not shown as text; `_tame` decides which stay.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    for name, rule in (("image", _image), ("fence", _code), ("code_block", _code)):
        parser.add_render_rule(name, rule)
    parser.add_render_rule("table_open", lambda *_: f"{TABLE}\n")
    parser.add_render_rule("table_close", lambda *_: f"{TABLE_END}\n")
    return parser


def _image(self: Any, tokens: Sequence[Token], at: int, options: Any, known: Any) -> str:
    words = self.renderInlineAsText(tokens[at].children or [], options, known)
    return f'<span class="picture">{escape(words)}</span>'


def _code(_self: RendererProtocol, tokens: Sequence[Token], at: int, _options: Any, _known: Any) -> str:
    return f'<pre dir="ltr"><code>{escape(tokens[at].content)}</code></pre>\n'


def _tame(tokens: Sequence[Token], depth: int) -> None:
    """Attributes of ours alone, in place."""
    kept: list[bool] = []
    for token in tokens:
        if token.children:
            _tame(token.children, depth)
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            kept.append(_LINKED.match(address) is not None)
            token.attrs = {"href": address, **_OUTSIDE} if kept[-1] else {}
            token.tag = "a" if kept[-1] else "span"
        elif token.type == "link_close":
            token.tag = "a" if kept.pop() else "span"
        elif token.type == "ordered_list_open":
            first = token.attrGet("start")
            token.attrs = {"start": int(first)} if isinstance(first, int) else {}
        else:
            aligned = _ALIGNED.match(str(token.attrGet("style") or ""))
            token.attrs = {}
            if token.type in _DIRECTED:
                token.attrSet("dir", "auto")
            if token.type == "th_open":
                token.attrSet("scope", "col")
            if aligned:
                token.attrSet("class", aligned[1])
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + depth, 6)}"
