"""Spreadsheet rows as text: which lines are titles, which is the header, and what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.ingestion.load.building import TextBuilder

Row = list[str]

CONTINUED = "\x00"
"""Stands in a cell that belongs to the one on its left."""

_HEADER_CHARS = 120
_MAX_REGION = 50_000
"""Rows after which a table is written without waiting for its end: its shape is known by then."""


def add_grid(builder: TextBuilder, rows: Iterable[Row]) -> None:
    """Add rows of cell texts. An empty row ends a table; the next row that can be one is its header.

    Rows become ``Header: value; Header: value`` without their empty cells, as in CSV files. Lines of a
    single cell above or below a table are paragraphs.
    """
    header: Row | None = None
    for region, goes_on in _regions(rows):
        if goes_on and header is not None:
            _add_rows(builder, header, region)
            continue
        for part in _side_by_side(region):
            header = _add_table(builder, part)


def _regions(rows: Iterable[Row]) -> Iterator[tuple[list[Row], bool]]:
    """Runs of filled rows, and whether a run merely continues the one before."""
    held: list[Row] = []
    goes_on = False
    for row in rows:
        if row:
            held.append(row)
            if len(held) >= _MAX_REGION:
                yield held, goes_on
                held, goes_on = [], True
        elif held:
            yield held, goes_on
            held, goes_on = [], False
    if held:
        yield held, goes_on


def _side_by_side(region: list[Row]) -> list[list[Row]]:
    """Two tables beside each other as two, where an empty column parts them and both have a header."""
    width = max(map(len, region))
    filled = [any(column < len(row) and row[column] for row in region) for column in range(width)]
    for column in range(2, width - 2):
        if filled[column] or not any(filled[column + 1 :]):
            continue
        left = [_cut(row[:column]) for row in region]
        right = [_cut(row[column + 1 :]) for row in region]
        if _is_table(left) and _is_table(right):
            return [[row for row in left if row], *_side_by_side([row for row in right if row])]
    return [region]


def _is_table(rows: list[Row]) -> bool:
    filled = [row for row in rows if any(row)]
    return len(filled) >= 2 and _is_header(filled[0]) and all(filled[0][len(_lead(filled[0])) :])


def _lead(row: Row) -> Row:
    return row[: next((index for index, cell in enumerate(row) if cell), len(row))]


def _cut(row: Row) -> Row:
    kept = list(row)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _add_table(builder: TextBuilder, region: list[Row]) -> Row:
    """Titles, header and rows of one region; the header that was found, empty where there is none."""
    position = 0
    while position < len(region) and _filled(region[position]) == 1:
        builder.add("paragraph", _only(region[position]))
        position += 1
    rows = region[position:]
    header: Row = []
    if len(rows) > 1 and _is_header(rows[0]):
        header, rows = _spread(rows[0]), rows[1:]
    _add_rows(builder, header, rows)
    return header


def _add_rows(builder: TextBuilder, header: Sequence[str], rows: Iterable[Row]) -> None:
    for row in rows:
        cells = [(index, cell) for index, cell in enumerate(row) if _holds(cell)]
        if len(cells) == 1 and cells[0][0] == 0:
            # A line of its own inside a table names the rows that follow, or ends them.
            builder.add("row", cells[0][1])
        else:
            builder.add("row", "; ".join(_named(header, index, cell) for index, cell in cells))


def _named(header: Sequence[str], index: int, cell: str) -> str:
    name = header[index] if index < len(header) else ""
    # Without a header of its own the first column is what the row is about; the others just follow.
    return f"{name.rstrip(':')}: {cell}" if name else cell


def _is_header(row: Row) -> bool:
    cells = [cell for cell in row if _holds(cell)]
    words = [cell for cell in cells if not _is_number(cell)]
    years = all(cell.isdigit() and len(cell) == 4 for cell in cells if _is_number(cell))
    return (
        len(cells) > 1
        and bool(words)
        and years
        and len(set(cells)) > 1
        and all(len(cell) <= _HEADER_CHARS for cell in cells)
    )


def _filled(row: Row) -> int:
    return sum(map(_holds, row))


def _holds(cell: str) -> bool:
    return bool(cell) and cell != CONTINUED


def _spread(row: Row) -> Row:
    """A header whose merged cells stand over each of their columns."""
    spread: Row = []
    for cell in row:
        spread.append(spread[-1] if cell == CONTINUED and spread else cell)
    return spread


def _only(row: Row) -> str:
    return next(cell for cell in row if _holds(cell))


def _is_number(cell: str) -> bool:
    bare = cell.translate({ord(char): None for char in ".,-+%$€£ :()"})
    return bare.isdigit()
