"""What loading and splitting produce: canonical text with its structure, and passages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

MetadataValue: TypeAlias = str | int | float | bool | list[str]

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "row"]

COLUMNS = "Columns: "
"""Begins the last heading of a passage that continues a table."""


@dataclass(frozen=True, slots=True)
class Block:
    """A structural piece of a canonical text: ``text[start:end]``, in code points."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Depth of a heading (1 to 6); 0 for everything else."""
    title: str = ""
    """Plain words of a heading, without markup; empty for everything else."""


HiddenKind = Literal["hidden", "set-aside", "doubtful"]


@dataclass(frozen=True, slots=True)
class HiddenText:
    """Words of a source that nobody sees who reads it as it is shown.

    ``hidden`` are laid out like any others, and styled or placed so that they are not seen; ``set-aside``
    is what the format keeps apart by itself, such as a comment. Neither is in the canonical text, so neither
    can be evidence. ``doubtful`` words may be unseen: that could not be told, and they are in the text.
    """

    how: str
    """What hides them, in words: ``white text``, ``comment``."""
    where: str
    """A page, a sheet and its rows, a line; empty where the format has no such place."""
    text: str
    """The words, or their beginning where there are very many."""
    chars: int
    """How many characters they are, white space left out."""
    kind: HiddenKind


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """One source file as canonical text (Unicode NFC, ``\\n`` line ends) with its structure.

    ``blocks`` are in order and do not overlap. ``pages`` holds the start offset of each page,
    empty for formats without pages. ``metadata`` comes from the file itself (front matter).
    """

    text: str
    title: str
    media_type: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...] = ()
    metadata: dict[str, MetadataValue] = field(default_factory=dict)
    layout: bytes = field(default=b"", repr=False)
    """Where its words stand on their pages (``app.registry.page_layout``); empty where that is not known."""
    hidden: tuple[HiddenText, ...] = field(default=(), repr=False)
    """What its readers do not see, kept for an operator to look at."""

    @property
    def version(self) -> str:
        """The sha256 of the canonical text in UTF-8, in hexadecimal: what a citation names."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """A slice ``text[start:end]`` of one version, with where it stands.

    ``page`` counts from 1 and is None where the format has no pages. ``headings`` is the path of
    heading titles above the passage; it is embedded with the passage, never part of its offsets.
    """

    start: int
    end: int
    headings: tuple[str, ...] = ()
    page: int | None = None


def embedded_text(headings: Iterable[str], text: str) -> str:
    """What a passage is embedded and indexed by: its heading path in one line, then its words.

    >>> embedded_text(["Leave", "Parents"], "Ask first.")
    'Leave › Parents\\nAsk first.'
    """
    return "\n".join(filter(None, [" › ".join(headings), text]))
