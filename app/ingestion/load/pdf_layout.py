"""Lines to paragraphs: what was wrapped is joined, what stood on its own line stays there."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from statistics import median

from app.ingestion.load.pdf_lines import PdfLine
from app.registry.document import Block, BlockKind
from app.registry.page_layout import PlacedLine

_SENTENCE_END = re.compile(r"[.!?:。！？][\"'”’)\]]*$")
_BULLET = re.compile(r"(?:[•●○▪■◦‣⁃*–-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+|[^\W\d_]+")
_OWN_LINE = re.compile(r"… ?[\divxlc]+$|\\$")  # an entry of a table of contents; a shell command that goes on
_CUT_WORD = re.compile(r"[^\W\d_]-$")
_BUCKET = 20.0  # points: lines that begin within one bucket of another share a column


def laid_out(pages: list[list[PdfLine]]) -> tuple[str, tuple[Block, ...], tuple[int, ...], list[PlacedLine]]:
    """The text of all pages, its blocks, the offset at which each page starts, and where each line stands."""
    lines = [line for page in pages for line in page]
    margins, pitch = _margins(lines), _usual_pitch(pages)
    words = {found.casefold() for line in lines for found in _WORD.findall(line.text.rstrip("-"))}
    groups: list[list[tuple[str, PdfLine]]] = []
    for before, line in zip([None, *lines], lines, strict=False):
        joint = "\n\n" if before is None else _joint(before, line, margins, pitch)
        if joint == "\n\n":
            groups.append([])
        groups[-1].append((joint, line))
    parts: list[str] = []
    blocks: list[Block] = []
    first_on: dict[int, int] = {}
    placed: list[PlacedLine] = []
    length = 0
    for group in groups:
        separator = "\n\n" if parts else ""
        text, starts = _group_text(group, words)
        length += len(separator)
        for (_, line), start in zip(group, starts, strict=True):
            first_on.setdefault(line.page, length + start)
            placed.append(PlacedLine(length + start, line.page, line.low, line.high, line.marks))
        blocks.append(_block(group, text, length))
        parts.append(separator + text)
        length += len(text)
    starts_of_pages: list[int] = []
    following = length
    for page in reversed(range(len(pages))):
        following = first_on.get(page, following)  # an empty page starts where the next one does
        starts_of_pages.append(following)
    return "".join(parts), tuple(blocks), tuple(reversed(starts_of_pages)), placed


def _block(group: list[tuple[str, PdfLine]], text: str, start: int) -> Block:
    level = group[0][1].level
    if level:
        return Block("heading", start, start + len(text), level, " ".join(text.split()))
    return Block(_kind(group), start, start + len(text))


def _kind(group: list[tuple[str, PdfLine]]) -> BlockKind:
    rows = sum("\t" in line.text for _, line in group)
    if rows >= 2 and rows * 5 >= len(group) * 2:
        return "table"
    return "list" if any(_BULLET.match(line.text) for _, line in group) else "paragraph"


def _group_text(group: list[tuple[str, PdfLine]], words: set[str]) -> tuple[str, list[int]]:
    """The text of the lines of one block, and the offset in it at which each line starts."""
    is_table = _kind(group) == "table" and not group[0][1].level
    text, starts = "", []
    pieces: list[str] = []
    length = 0
    for position, (joint, line) in enumerate(group):
        piece = line.text if is_table else line.text.replace("\t", " ")
        if position:
            if joint == " " and text.endswith("-") and piece[:1].islower():
                if not _keeps_hyphen(text, piece, words):
                    pieces[-1] = pieces[-1][:-1]
                    length -= 1
                joint = ""
            elif joint == " " and text.endswith("-") and len(text) > 1 and text[-2].isalnum():
                joint = ""  # Non-Participating: the hyphen is the word's own
            pieces.append(joint)
            length += len(joint)
        starts.append(length)
        pieces.append(piece)
        length += len(piece)
        text = piece
    return "".join(pieces), starts


def _keeps_hyphen(text: str, piece: str, words: set[str]) -> bool:
    """Whether a hyphen at a line's end is the word's own: only where the document writes it so elsewhere."""
    head = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*(?=-$)", text)
    tail = _WORD.match(piece)
    if head is None or tail is None:
        return True
    first, second = head[0].casefold(), tail[0].casefold()
    return f"{first}-{second}" in words and f"{first}{second}" not in words


def _joint(before: PdfLine, line: PdfLine, margins: dict[int, float], pitch: float) -> str:
    """What stands between two lines: a space (wrapped), a line end, or a blank line (new block)."""
    if before.level or line.level:
        return " " if _same_heading(before, line, margins) else "\n\n"
    if _CUT_WORD.search(before.text) and before.page == line.page and before.bottom > line.bottom:
        return " "
    ends = _SENTENCE_END.search(before.text)
    goes_on = not ends and line.text[:1].islower()
    bullet = _BULLET.match(line.text)
    if before.page != line.page:
        return " " if goes_on and not bullet and "\t" not in before.text + line.text else "\n\n"
    drop = (before.bottom - line.bottom) / line.size
    if drop < 0:  # the next column
        return " " if goes_on else "\n\n"
    if "\t" in before.text or "\t" in line.text:
        both = "\t" in before.text and "\t" in line.text
        return "\n" if drop < (3.2 if both else max(pitch * 1.25, 1.25)) else "\n\n"
    if drop > pitch * 1.3:
        # Lists are often set with air between their items.
        return "\n" if bullet and _BULLET.match(before.text) and drop < pitch * 2.2 else "\n\n"
    if bullet or _OWN_LINE.search(before.text) or line.text.startswith("$ "):
        return "\n"
    if abs(before.size - line.size) > 0.12 * line.size:
        return " " if goes_on else "\n\n"
    if _would_fit(before, line, margins):
        return "\n\n" if ends and line.left <= before.left + line.size else "\n"
    return " "


def _same_heading(before: PdfLine, line: PdfLine, margins: dict[int, float]) -> bool:
    if line.joined:
        return True
    alike = before.level == line.level and before.page == line.page and abs(before.size - line.size) < 0.6
    close = 0 < before.bottom - line.bottom < 1.7 * line.size
    return alike and close and before.bold == line.bold and not _would_fit(before, line, margins)


def _would_fit(before: PdfLine, line: PdfLine, margins: dict[int, float]) -> bool:
    """Whether the first word of a line had room on the line before: then the line end is meant."""
    room = margins[int(before.left // _BUCKET)] - before.right
    return room > line.first_width + 0.6 * line.size


def _margins(lines: list[PdfLine]) -> dict[int, float]:
    """The right margin of the column in which lines begin, by bucket of their left edge."""
    rights: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        bucket = int(line.left // _BUCKET)
        for near in (bucket - 2, bucket - 1, bucket, bucket + 1, bucket + 2):
            rights[near].append(line.right)
    return {bucket: sorted(values)[int(0.9 * (len(values) - 1))] for bucket, values in rights.items()}


def _usual_pitch(pages: list[list[PdfLine]]) -> float:
    """The usual distance between lines of a paragraph, in type sizes."""
    drops = [
        (before.bottom - line.bottom) / line.size
        for page in pages
        for before, line in pairwise(page)
        if before.size == line.size and 0.7 * line.size < before.bottom - line.bottom < 2.2 * line.size
    ]
    return median(drops) if drops else 1.2
