"""Text in blocks with blank lines between, as slides, sheets, records, mails and PDFs are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from app.web.sources.part import SourcePart, lit
from app.web.sources.rows import TABLE, TABLE_END, rows_table

Lines = Sequence[tuple[int, int]]
"""(begin, end) of each line of a block."""

_MAIL = re.compile(r"(From|To|Cc|Date): ")
_ITEM = re.compile(r"\s*- ")
_DELIMITER = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_CELL = re.compile(r"(?:\\\||[^|])*")
_PIECE = re.compile(r"\\(?=\|)|(?:(?!\\\|).)+|\|")


def outline_html(part: SourcePart, rows: bool = False) -> Markup:
    """Headings, lists, tables and paragraphs; ``rows``: lines of ``Name: value; …`` are a table."""
    pieces: list[Markup] = []
    pages = list(part.pages)
    for lines in _blocks(part.text):
        name = ""
        while pages and pages[0][0] <= lines[0][0]:
            _, name = pages.pop(0)
        if name:
            pieces.append(_heading(part, 1, Markup('<span class="fine">{}</span>').format(name)))
        pieces.append(_block(part, lines, rows))
    return Markup("\n").join(pieces)


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    block: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            block.append((at, at + len(line)))
        elif block:
            yield block
            block = []
        at += len(line) + 1
    if block:
        yield block


def _block(part: SourcePart, lines: Lines, rows: bool) -> Markup:
    texts = [part.text[begin:end] for begin, end in lines]
    if len(lines) == 1 and (depth := part.headings.get(" ".join(texts[0].split()))):
        return _heading(part, depth, lit(part, *lines[0]))
    if len(lines) > 1 and texts[0].startswith("|") and _DELIMITER.fullmatch(texts[1]):
        return _pipe_table(part, lines)
    if rows and (table := rows_table(part, lines)) is not None:
        return table
    if all(_MAIL.match(text) for text in texts):
        return _mail_head(part, lines)
    if all(_ITEM.match(text) for text in texts):
        return _list(part, lines)
    if len(lines) > 1 and all("\t" in text for text in texts):
        return _tab_table(part, lines)
    return Markup('<p class="as-is" dir="auto">{}</p>').format(lit(part, lines[0][0], lines[-1][1]))


def _heading(part: SourcePart, depth: int, words: Markup) -> Markup:
    level = min(part.depth + depth, 6)
    return Markup('<h{} dir="auto">{}</h{}>').format(level, words, level)


def _mail_head(part: SourcePart, lines: Lines) -> Markup:
    pairs: list[Markup] = []
    for begin, end in lines:
        colon = part.text.index(": ", begin)
        name, value = lit(part, begin, colon), lit(part, colon + 2, end)
        pairs.append(Markup('<dt>{}</dt><dd dir="auto">{}</dd>').format(name, value))
    return Markup('<dl class="head">{}</dl>').format(Markup("").join(pairs))


def _list(part: SourcePart, lines: Lines) -> Markup:
    items: list[Markup] = []
    for begin, end in lines:
        marker = _ITEM.match(part.text, begin)
        words = lit(part, marker.end() if marker else begin, end)
        items.append(Markup('<li dir="auto">{}</li>').format(words))
    return Markup("<ul>{}</ul>").format(Markup("").join(items))


def _tab_table(part: SourcePart, lines: Lines) -> Markup:
    body: list[Markup] = []
    for begin, end in lines:
        cells: list[Markup] = []
        at = begin
        for cell in part.text[begin:end].split("\t"):
            cells.append(lit(part, at, at + len(cell)))
            at += len(cell) + 1
        # Which of its rows is the head, a PDF does not say.
        body.append(_row(cells, Markup('<td dir="auto">{}</td>')))
    return Markup("{}<tbody>{}</tbody>{}").format(TABLE, Markup("").join(body), TABLE_END)


def _pipe_table(part: SourcePart, lines: Lines) -> Markup:
    head = _row(_pipe_cells(part, *lines[0]), Markup('<th scope="col" dir="auto">{}</th>'))
    rest = [_row(_pipe_cells(part, *line), Markup('<td dir="auto">{}</td>')) for line in lines[2:]]
    return Markup("{}<thead>{}</thead><tbody>{}</tbody>{}").format(
        TABLE, head, Markup("").join(rest), TABLE_END
    )


def _pipe_cells(part: SourcePart, begin: int, end: int) -> list[Markup]:
    cells: list[Markup] = []
    at = begin + part.text.startswith("|", begin)
    while at < end:
        found = _CELL.match(part.text, at, end)
        stop = found.end() if found else end
        words = part.text[at:stop]
        first, last = at + len(words) - len(words.lstrip()), at + len(words.rstrip())
        cells.append(_unescaped(part, first, max(first, last)))
        at = stop + 1
    return cells


def _unescaped(part: SourcePart, begin: int, end: int) -> Markup:
    """A cell's words without the backslash before a ``|``."""
    shown = Markup("")
    for piece in _PIECE.finditer(part.text, begin, end):
        if piece[0] != "\\" or part.text[piece.end() : piece.end() + 1] != "|":
            shown += lit(part, piece.start(), piece.end())
    return shown


def _row(cells: Sequence[Markup], cell: Markup) -> Markup:
    body = Markup("").join(cell.format(words) for words in cells)
    return Markup("<tr{}>{}</tr>").format(Markup(' class="lit"') if "<mark>" in body else "", body)
