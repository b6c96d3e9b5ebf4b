"""The lines of a PDF page as PDFium sees them: their words, place and type size."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.ingestion.load.pdf_marks import joined, shortened, whole_line, word_marks
from app.ingestion.load.textnorm import canonical, tidy_layout

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

    from app.ingestion.load.hidden import HiddenWords
    from app.ingestion.load.pdf_unseen import Unseen
    from app.registry.document import HiddenKind

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""

# A gap wider than this many type sizes separates table cells; justified text stays well below.
_CELL_GAP = 1.3
_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
}  # fmt: skip
_TINY = 2.0
"""Points below which type is not read."""
_HYPHEN = "\x02"  # PDFium writes a hyphen at a line's end, and the line end itself, as this one character
_LEADERS = re.compile(r"(?:(?<![ \t])[ \t]+)?(?:[.·…_][ \t]*){5,}")
_MARKER = re.compile(r"^([•●○▪■◦‣⁃–—*-]|\(?\d{1,3}[.)]?(?:\d{1,3}\.)*(?:\d{1,3})?|\(?[A-Za-z][.)])\t+(?=\S)")
# Bullets of symbol fonts come out as private-use characters.
_PRIVATE_BULLET = re.compile(r"^[\ue000-\uf8ff](?=\s)")


@dataclass(slots=True)
class PdfLine:
    """One line; distances in points from the lower left corner. Cells are separated by tabs."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    bold: bool
    first_width: float
    low: float
    high: float
    """What no word of the line reaches below or above; ``top`` and ``bottom`` are its longest word's."""
    marks: array[int] = field(default_factory=lambda: array("i"), repr=False)
    """Where its words stand (see ``pdf_marks``)."""
    level: int = 0
    """Depth of a heading, 0 for other lines."""
    joined: bool = False
    """Whether the line continues the heading on the line before."""

    @property
    def size(self) -> float:
        """Height of the type in points, to the nearest half."""
        return max(round((self.top - self.bottom) * 2) / 2, 0.5)


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    weight: int
    low: float
    high: float


def page_lines(
    page: int, textpage: PdfTextPage, shown: Box, unseen: Unseen, hidden: HiddenWords
) -> list[PdfLine]:
    """The lines of one page, in PDFium's reading order, without what is not seen: that goes to ``hidden``.

    ``shown`` is the part of the page's space that is painted.
    """
    lines: list[PdfLine] = []
    where = f"page {page + 1}"
    for words in _words_by_line(textpage, unseen, hidden, where):
        words = _in_sight(words, shown, hidden, where)
        if not words:
            continue
        line = _line(page, words)
        if not line.text:
            continue
        before = lines[-1] if lines else None
        # Cells of one table row may come as lines of their own, side by side.
        beside = before and abs(before.bottom - line.bottom) < 0.3 * line.size and line.left > before.right
        if before and beside and not before.text.endswith("-"):
            gap = line.left - before.right
            joint = "\t" if gap > _CELL_GAP * line.size else " " if gap > 0.15 * line.size else ""
            _append(before, joint, line)
        else:
            lines.append(line)
    for line in lines:
        text = _PRIVATE_BULLET.sub("•", _MARKER.sub(r"\1 ", line.text))
        if len(text) < len(line.text):
            line.marks = shortened(line.marks, len(line.text) - len(text))
        line.text = text
    return lines


def _append(before: PdfLine, joint: str, line: PdfLine) -> None:
    """Add a line to the one it stands beside."""
    shift = len(before.text) + len(joint)
    length = shift + len(line.text)
    before.text = canonical(before.text + joint + line.text)
    before.marks = joined(before.marks, line.marks, shift)
    if len(before.text) != length:  # two characters became one, so offsets no longer fit
        before.marks = whole_line([("", before.left, line.right)])
    before.low, before.high = min(before.low, line.low), max(before.high, line.high)
    before.right, before.bold = line.right, before.bold and line.bold


def _cleaned(text: str) -> str:
    return canonical(tidy_layout(text.translate(_LIGATURES))).strip()


def _line(page: int, words: list[_Word]) -> PdfLine:
    parts = [words[0].text]
    for before, word in pairwise(words):
        wide = word.left - before.right > _CELL_GAP * max(word.top - word.bottom, 1.0)
        parts.append(("\t" if wide else " ") + word.text)
    text = _LEADERS.sub(" … ", _cleaned("".join(parts))).strip()
    longest = max(words, key=lambda word: len(word.text))
    return PdfLine(
        text=text,
        page=page,
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        top=longest.top,
        bottom=longest.bottom,
        bold=all(word.weight >= 600 for word in (words[0], longest, words[-1])),
        first_width=words[0].right - words[0].left,
        low=min(word.low for word in words),
        high=max(word.high for word in words),
        marks=word_marks(text, [(word.text, word.left, word.right) for word in words], _cleaned),
    )


def _in_sight(words: list[_Word], shown: Box, hidden: HiddenWords, where: str) -> list[_Word]:
    """Those whose place lets them be seen; the others are noted."""
    kept: list[_Word] = []
    for word in words:
        if how := _out_of_sight(word, shown):
            hidden.add(how, word.text, where)
        else:
            kept.append(word)
    return kept


def _out_of_sight(word: _Word, shown: Box) -> str:
    """How a word's place hides it; empty where it does not."""
    left, bottom, right, top = shown
    if word.right < left or word.left > right or word.top < bottom or word.bottom > top:
        return "outside the page"
    # Both ways, for a word may be turned: then its height is the sum of its letters' widths.
    size = max(word.top - word.bottom, (word.right - word.left) / max(len(word.text), 1))
    return "type below 2 points" if size < _TINY else ""


def _words_by_line(
    textpage: PdfTextPage, unseen: Unseen, hidden: HiddenWords, where: str
) -> list[list[_Word]]:
    from pypdfium2 import raw

    count, handle, unicode_of = textpage.count_chars(), textpage.raw, raw.FPDFText_GetUnicode
    codes = [unicode_of(handle, index) for index in range(count)]
    _note(codes, unseen.left_out, hidden, where, "hidden")
    _note(codes, unseen.doubtful, hidden, where, "doubtful")
    for index in unseen.left_out:
        # Spaces and line ends stay, so that what is left on both sides does not grow together.
        codes[index] = codes[index] if codes[index] <= 32 else 0
    lines: list[list[_Word]] = []
    words: list[_Word] = []
    start = 0
    for index in range(count + 1):
        code = codes[index] if index < count else 10
        if 32 < code < 128:  # most of them; none ends a word
            continue
        char = chr(code) if code <= 0x10FFFF else ""
        if not (char.isspace() or char == _HYPHEN or code == 0xFFFE):
            continue
        is_hyphen = not char.isspace()
        if is_hyphen or any(codes[start:index]):
            words.append(_word(raw, handle, codes[start:index], start, max(index - 1, start), is_hyphen))
        start = index + 1
        if (is_hyphen or char in "\r\n") and words:
            lines.append(words)
            words = []
    return lines


def _note(codes: list[int], found: dict[int, str], hidden: HiddenWords, where: str, kind: HiddenKind) -> None:
    """Note unseen letters as the runs that they are."""
    run: list[str] = []
    for index in sorted(found):
        run.append(chr(codes[index]) if 0 < codes[index] <= 0x10FFFF else "")
        if found.get(index + 1) != found[index]:
            hidden.add(found[index], "".join(run), where, kind)
            run.clear()


def _word(raw: Any, handle: Any, codes: list[int], first: int, last: int, hyphened: bool) -> _Word:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(handle, first, box)
    # Read once: every look into a structure of PDFium's costs as much as a call.
    left, right, top, bottom = box.left, box.right, box.top, box.bottom
    low, high = bottom, top
    if last > first:
        raw.FPDFText_GetLooseCharBox(handle, last, box)
        left, right = min(left, box.left), max(right, box.right)
        low, high = min(low, box.bottom), max(high, box.top)
    text = "".join(chr(code) for code in codes if 0 < code <= 0x10FFFF)
    if any(0xD800 <= code < 0xE000 for code in codes):  # some builds hand out UTF-16 halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    weight = raw.FPDFText_GetFontWeight(handle, first)
    return _Word(text + "-" * hyphened, left, right, top, bottom, weight, low, high)
