"""Tables in CSV and TSV files: one line of canonical text for each row, every value beside its header."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from app.ingestion.errors import LoadError
from app.ingestion.load.limits import LoadLimits, check_text
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import Block, LoadedDocument

# Enough to see the shape; the sniffer's patterns are slow on much more.
_SAMPLE_CHARS = 8192


def load_csv(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A CSV or TSV file. The first row is taken as the header, unless it holds only numbers.

    Each further row becomes a line ``Header: value; Header: value`` without its empty cells.
    Raises ``LoadError``: ``broken-csv``, ``empty``, ``too-large``, ``bad-encoding``, ``binary``.

    >>> load_csv("a.csv", b"Plan,Price\\nTeam,20\\n", LoadLimits()).text
    'Plan: Team; Price: 20'
    """
    source = canonical(decode(data))
    tabs = name.lower().endswith(".tsv")
    blocks: list[Block] = []
    lines: list[str] = []
    length = 0
    for line in _lines(list(_rows(source, _dialect(source, "\t" if tabs else ",")))):
        blocks.append(Block("row", length, length + len(line)))
        lines.append(line)
        length += len(line) + 1
        check_text(length, limits)
    if not lines:
        raise LoadError("empty", "the table has no rows below its header", "add rows, or remove the file")
    media_type = "text/tab-separated-values" if tabs else "text/csv"
    return LoadedDocument("\n".join(lines), words_of_stem(name), media_type, tuple(blocks))


def _dialect(source: str, fallback: str) -> csv.Dialect | type[csv.Dialect]:
    sample = source[:_SAMPLE_CHARS]
    try:
        found = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        found = None
    # The sniffer looks at how evenly a character occurs, and prose misleads it: the header must have it.
    header = sample.split("\n", 1)[0]
    if found is None or found.delimiter not in header:
        delimiter = max((fallback, ",", ";", "\t", "|"), key=header.count)

        class Plain(csv.excel):
            pass

        Plain.delimiter = delimiter
        return Plain
    found.doublequote = True  # the sniffer says False where the sample has no doubled quote by chance
    return found


def _rows(source: str, dialect: csv.Dialect | type[csv.Dialect]) -> Iterator[list[str]]:
    reader = csv.reader(source.splitlines(keepends=True), dialect)
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                yield cells
    except csv.Error as error:
        raise LoadError(
            "broken-csv",
            f"the table cannot be read at line {reader.line_num} ({error})",
            "look for an unclosed quote near that line, or export the table again",
        ) from error


def _lines(rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        return
    has_header = not all(_is_number(cell) for cell in rows[0] if cell)
    names = rows[0] if has_header else []
    for row in rows[1:] if has_header else rows:
        yield "; ".join(
            f"{names[i] if i < len(names) and names[i] else f'Column {i + 1}'}: {cell}"
            for i, cell in enumerate(row)
            if cell
        )


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").lstrip("+-").isdigit()
