"""Make a quoted piece of a document read as a sentence, without changing what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from graphs.text import table_rows as rows

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ATTRIBUTES = re.compile(r"(?:(?<!\s)\s+)?\{\s*[.#:][^{}]*\}")
_QUOTE_MARK = re.compile(r"^(?:>\s*)+")
_REFERENCE = re.compile(r"(?<=\w)\]\[[^\]]*\]")

_MARKED = re.compile(r"[\\`*_\[\]<&!~]")
"""Without one of these there is nothing for a Markdown parser to do."""


def readable(piece: str) -> str:
    """Markdown marks removed, white space folded.

    >>> readable("The **G2** gateway, see [Limits](limits.md#g2),\\nneeds `12 V`.")
    'The G2 gateway, see Limits, needs `12 V`.'
    >>> readable("*Version 2.0, in force since May.")
    'Version 2.0, in force since May.'
    """
    text = _ATTRIBUTES.sub("", _QUOTE_MARK.sub("", piece.strip()))
    if not _MARKED.search(text):
        return " ".join(text.split())
    # A link's definition stands elsewhere in the document; its words are here.
    text = _REFERENCE.sub("](#)", text)
    words: list[str] = []
    for token in _inline().parseInline(text)[0].children or []:
        if token.type in ("text", "text_special", "image"):
            words.append(token.content)
        elif token.type == "code_inline":
            words.append(f"`{token.content}`")
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
    said = " ".join("".join(words).split())
    # Emphasis over several sentences leaves the first and the last with one mark each.
    return said.removeprefix("*").removesuffix("*") if said.count("*") == 1 else said


@cache
def _inline() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 8})


def cells(row: str) -> list[str]:
    """The cells of a table row, readable: between pipes as in Markdown, or between tabs.

    >>> cells("| Team | **49 EUR** |"), cells("Team\\t49 EUR")
    (['Team', '49 EUR'], ['Team', '49 EUR'])
    """
    return [readable(cell) for cell in rows.cells(row) or [row]]


def row_sentence(names: Sequence[str], values: Sequence[str]) -> str:
    """A table row with its header's words.

    >>> row_sentence(["Plan", "Price"], ["Team", "49 EUR"])
    'Plan: Team; Price: 49 EUR'
    """
    if len(names) != len(values):
        return "; ".join(value for value in values if value)
    pairs = zip(names, values, strict=True)
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)
