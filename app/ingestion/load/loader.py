"""What a loader is, and what the documents it makes must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, get_args

from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.textnorm import canonical
from app.registry.document import BlockKind, LoadedDocument


class Loader(Protocol):
    """Reads one format. It is called in a process of its own, which bounds its time and memory."""

    @property
    def suffixes(self) -> Sequence[str]:
        """Of its files, in lower case and with the dot; the first one is for pages without any."""

    @property
    def media_types(self) -> Sequence[str]:
        """Content types of web pages it reads; those that Pincite reads itself stay Pincite's."""

    def load(self, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
        """The document in ``data``; ``name`` is the file's. Raises ``LoadError`` for a file that is bad."""


def fault_of(document: Any) -> str | None:
    """What is wrong with a loader's document, in words; None for a good one.

    >>> from app.registry.document import Block
    >>> fault_of(LoadedDocument("Ask.", "Leave", "text/plain", (Block("paragraph", 0, 5),)))
    'block 1 (0-5) does not lie in the text of 4 characters, after the block before'
    """
    if not isinstance(document, LoadedDocument):
        return f"it is a {type(document).__name__}, not a LoadedDocument"
    if document.text != canonical(document.text):
        return "its text is not canonical (see app.ingestion.load.textnorm.canonical)"
    if not document.title.strip() or not document.media_type.strip():
        return "it has no title or no media type"
    end = 0
    for number, block in enumerate(document.blocks, 1):
        if not end <= block.start < block.end <= len(document.text):
            place = f"in the text of {len(document.text)} characters, after the block before"
            return f"block {number} ({block.start}-{block.end}) does not lie {place}"
        if block.kind not in get_args(BlockKind):
            return f"block {number} is of the unknown kind {block.kind!r}"
        if (block.kind == "heading") != (1 <= block.level <= 6):
            return f"block {number}, a {block.kind}, has level {block.level}; headings have 1 to 6, others 0"
        end = block.end
    pages = document.pages
    if list(pages) != sorted(pages) or any(not 0 <= page <= len(document.text) for page in pages):
        return "its pages do not rise within the text"
    for key, value in document.metadata.items():
        if not _is_plain(value):
            return f"its metadata {key!r} is neither text, a number, true, false nor a list of texts"
    return None


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str | int | float | bool)
