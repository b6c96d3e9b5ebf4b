"""Canonical text put together piece by piece, with its blocks and pages noted on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.ingestion.load.limits import LoadLimits, check_text
from app.ingestion.load.textnorm import canonical
from app.registry.document import Block, BlockKind

_GAP = "\n\n"


@dataclass(slots=True)
class TextBuilder:
    """Pieces in reading order. Rows of one table stand line by line; all else has a blank line between.

    ``limits`` are held while the text grows, so that a small file cannot become a huge one unseen.

    >>> builder = TextBuilder(LoadLimits())
    >>> builder.heading("Leave", 1)
    >>> builder.add("paragraph", "Ask first.")
    >>> builder.text(), [block.kind for block in builder.blocks]
    ('Leave\\n\\nAsk first.', ['heading', 'paragraph'])
    """

    limits: LoadLimits
    blocks: list[Block] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    """Where each page starts; a page without text starts where the next one does."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _waiting: int = 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0, title: str = "") -> None:
        """One block; ``text`` becomes canonical and loses the white space around it. Nothing for none."""
        piece = canonical(text).strip("\n").rstrip()
        if not piece.strip():
            return
        rows = kind == "row" and bool(self.blocks) and self.blocks[-1].kind == "row"
        joint = "" if not self._parts else "\n" if rows else _GAP
        start = self._length + len(joint)
        # Space before the first word belongs to the layout (code), not to the block.
        inner = len(piece) - len(piece.lstrip())
        self.pages += [start] * self._waiting
        self._waiting = 0
        self._parts += (joint, piece)
        self._length = start + len(piece)
        check_text(self._length, self.limits)
        self.blocks.append(Block(kind, start + inner, self._length, level, title))

    def heading(self, text: str, level: int, title: str | None = None) -> None:
        """A heading; ``title`` where its words are other than the text. Line ends become spaces."""
        words = " ".join(canonical(text).split())
        self.add("heading", words, level=min(max(level, 1), 6), title=words if title is None else title)

    def markdown(self, text: str) -> None:
        """Canonical Markdown with the blocks it has; headings keep their ``#``."""
        from app.ingestion.load.structure import markdown_blocks

        piece = text.strip()
        if not piece:
            return
        self.pages += [self._length + (len(_GAP) if self._parts else 0)] * self._waiting
        self._waiting = 0
        if self._parts:
            self._parts.append(_GAP)
            self._length += len(_GAP)
        self.blocks += shifted(markdown_blocks(piece), self._length)
        self._parts.append(piece)
        self._length += len(piece)
        check_text(self._length, self.limits)

    def start_page(self) -> None:
        """What comes next is on a new page."""
        self._waiting += 1

    def text(self) -> str:
        """The canonical text so far."""
        return "".join(self._parts)

    def page_starts(self) -> tuple[int, ...]:
        """The start of each page, those without text included."""
        return (*self.pages, *[self._length] * self._waiting)


def shifted(blocks: tuple[Block, ...], by: int) -> list[Block]:
    """The same blocks, ``by`` characters further on."""
    return [Block(block.kind, block.start + by, block.end + by, block.level, block.title) for block in blocks]


def pipe_table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table, the first as its header; an empty string without any words.

    >>> print(pipe_table([["Plan", "Price"], ["Team", "20"]]))
    | Plan | Price |
    | --- | --- |
    | Team | 20 |
    """
    width = max((len(row) for row in rows), default=0)
    if not any(cell.strip() for row in rows for cell in row):
        return ""
    lines = [
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |"
        for row in ([*row, *[""] * (width - len(row))] for row in rows)
    ]
    return "\n".join([lines[0], "| " + " | ".join(["---"] * width) + " |", *lines[1:]])
