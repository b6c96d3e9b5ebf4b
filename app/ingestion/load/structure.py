"""The structure of a Markdown text, as blocks with offsets. HTML and DOCX come through here too."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from app.registry.document import Block, BlockKind

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "html_block": "paragraph",
    "blockquote_open": "paragraph",
}
_ATTRIBUTES = re.compile(r"(?:(?<!\s)\s+)?\{\s*[:#.][^{}]*\}\s*$")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?|===\+?|:::)(?!=)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@cache
def _parser() -> MarkdownIt:
    """Block structure only: inline parsing is most of the time, and only headings need it."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """The top-level blocks of a canonical Markdown text, in order.

    Link definitions and thematic breaks belong to no block.

    >>> [(b.kind, b.level, b.title) for b in markdown_blocks("## Sick *leave* { #sick }\\n\\nCall in.")]
    [('heading', 2, 'Sick leave'), ('paragraph', 0, '')]
    """
    tokens = _parser().parse(text)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    blocks: list[Block] = []
    for position, token in enumerate(tokens):
        kind = _KINDS.get(token.type)
        if kind is None or token.level or token.map is None:
            continue
        start, end = _trimmed(text, starts[token.map[0]], min(starts[token.map[1]], len(text)))
        if start >= end:  # white space that CommonMark does not count as such
            continue
        if kind == "heading":
            title = plain_title(tokens[position + 1].content)
            blocks.append(Block(kind, start, end, int(token.tag[1:]), title))
        else:
            # The indented body of an admonition ("!!! note") reads as code to CommonMark; it is text.
            in_note = token.type == "code_block" and blocks and _ADMONITION.match(text, blocks[-1].start)
            blocks.append(Block("paragraph" if in_note else kind, start, end))
    return tuple(blocks)


def code_lines(text: str) -> list[tuple[int, int]]:
    """The lines (first, and the one after the last) of fences and code blocks at any depth; the indented body
    of an admonition is none."""
    found: list[tuple[int, int]] = []
    lines = text.split("\n")
    begun = 0
    for token in _parser().parse(text):
        if token.map is None:
            continue
        if token.type == "fence" or (token.type == "code_block" and not _ADMONITION.match(lines[begun])):
            found.append((token.map[0], token.map[1]))
        elif token.level == 0 and token.type in _KINDS and token.type != "code_block":
            begun = token.map[0]
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def plain_title(source: str) -> str:
    """A heading's words without markup, HTML tags and trailing ``{ #anchor }`` attributes.

    >>> plain_title("`GET` [users](/u) { #get }")
    'GET users'
    """
    tokens = _inline_parser().parseInline(_ATTRIBUTES.sub("", source))
    words = "".join(_words(child) for token in tokens for child in token.children or [])
    return " ".join(_TAG.sub("", words).split())


def _words(token: Token) -> str:
    if token.type in ("text", "code_inline", "image", "text_special"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""


def first_title(blocks: tuple[Block, ...]) -> str:
    """The plain words of the first heading that has any, or an empty string."""
    return next((block.title for block in blocks if block.kind == "heading" and block.title), "")
