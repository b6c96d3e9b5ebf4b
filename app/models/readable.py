"""Make a quoted piece of a document read as a sentence, without changing what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_ATTRIBUTES = re.compile(r"\s*\{\s*[.#:][^}]*\}")
_EMPHASIS = re.compile(r"(\*\*|__|\*|(?<!\w)_|_(?!\w))(?=\S)|(?<=\S)(\*\*|__|\*)")
_QUOTE_MARK = re.compile(r"^(?:>\s*)+")


def readable(piece: str) -> str:
    """Markdown marks removed, white space folded.

    >>> readable("The **G2** gateway, see [Limits](limits.md#g2),\\nneeds `12 V`.")
    'The G2 gateway, see Limits, needs `12 V`.'
    """
    text = _QUOTE_MARK.sub("", piece.strip())
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub("", text)
    text = _ATTRIBUTES.sub("", text)
    code: list[str] = []

    def keep(match: re.Match[str]) -> str:
        code.append(match.group())
        return f"\0{len(code) - 1}\0"

    text = re.sub(r"`[^`]*`", keep, text)
    text = _EMPHASIS.sub("", text)
    text = re.sub("\0(\\d+)\0", lambda match: code[int(match.group(1))], text)
    return " ".join(text.split())


def cells(row: str) -> list[str]:
    """The cells of a table row, readable: between pipes as in Markdown, or between tabs.

    >>> cells("| Team | **49 EUR** |"), cells("Team\\t49 EUR")
    (['Team', '49 EUR'], ['Team', '49 EUR'])
    """
    if not row.strip().startswith("|"):
        return [readable(cell) for cell in row.split("\t")]
    inner = row.strip().strip("|")
    return [readable(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", inner)]


def row_sentence(names: Sequence[str], values: Sequence[str]) -> str:
    """A table row with its header's words.

    >>> row_sentence(["Plan", "Price"], ["Team", "49 EUR"])
    'Plan: Team; Price: 49 EUR'
    """
    if len(names) != len(values):
        return "; ".join(value for value in values if value)
    pairs = zip(names, values, strict=True)
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)
