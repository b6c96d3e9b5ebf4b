"""A document's words without the marks of Markdown, to be read beside an answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from app.ingestion.load.kinds import KINDS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MARKDOWN = frozenset({"markdown", "html", "mhtml", "docx", "epub", "notebook"})
"""Kinds whose canonical text is Markdown."""


def plain_words(text: str, uri: str) -> str:
    """``text``, a piece of a canonical text, as its reader would see it where that is Markdown; any other as
    it is. White space around it stays, since the next piece goes on there.

    For looking at: offsets of the canonical text do not count into it.

    >>> plain_words("# Café\\n\\nIt **opens** at `07:30`, see [hours](a/b.md). 2 * 3 is 6, a_b__c. ", "x.MD")
    'Café\\n\\nIt opens at 07:30, see hours. 2 * 3 is 6, a_b__c. '
    >>> plain_words("1. *Wren*\\n2. Tern", "https://docs.example/list"), plain_words("# a **b**", "x/a.py")
    ('1. Wren\\n2. Tern', '# a **b**')
    """
    said = text.strip()
    if not said or not _is_markdown(uri):
        return text
    begin = text.index(said)
    return text[:begin] + (_words_of(said) or said) + text[begin + len(said) :]


def _is_markdown(uri: str) -> bool:
    # The page of a site often has no ending, or one of the program that wrote it.
    page = "html" if uri.lower().startswith(("http://", "https://")) else ""
    path = PurePosixPath(uri.partition("#")[0].partition("?")[0])
    return KINDS.get(path.suffix.lower(), page) in _MARKDOWN


def _words_of(text: str) -> str:
    """Lines stay lines, cells of a row stay side by side, items keep their number or mark."""
    words, item, end, row = "", "", 0, -1
    for token in _reader().parse(text):
        if token.type == "list_item_open":
            item += f"{token.info}{token.markup} "
            continue
        if token.type == "inline":
            said = _inline(token.children or [])
        elif token.type in ("fence", "code_block"):
            said = token.content.rstrip("\n")
        else:
            continue
        first, after = token.map or (end, end)
        between = "" if not words else " | " if first == row else "\n\n" if first > end else "\n"
        words += f"{between}{item}{said}"
        item, end, row = "", after, first
    return words


def _inline(tokens: Sequence[Token]) -> str:
    # A break has no content; the words of a picture are its description.
    return "".join("\n" if one.type in ("softbreak", "hardbreak") else one.content for one in tokens)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
