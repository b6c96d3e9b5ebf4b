"""A tool that asks one table of a document by SQL: what it says is reckoned here and rests on the cells.

What it says is evidence, so it holds no word that a model chose: names that a query gives are left out, and
what it compares with must stand in the table, a number there or in the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Annotated, Any

from langchain_core.documents import Document
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool

from tools.compute import said_value
from tools.document_shelf import DocumentPart, TextShelf
from tools.exact_arithmetic import Amount
from tools.own_text import QUERY_TABLE, own_document
from tools.policy.declaration import ToolDeclaration, declare
from tools.read_document import part_to_read
from tools.tables.expressions import FUNCTIONS, TABLE
from tools.tables.pieces import NoSuchColumnError, QueryError, SqlPiece, column_name
from tools.tables.queried_table import QueriedTable, TableCell, TablePlace, TableReader
from tools.tables.query import MOST_ROWS, TableQuery, read_query
from tools.tables.sandbox import TIME_S, parsed, plain, run, shut_database

MOST_TABLE_ROWS = 20_000
MOST_CELLS = 200_000
MOST_TEXT = 20_000_000
"""Characters of a document whose tables are looked for."""
MOST_CITED = 12
"""Cells that one line of a result names: enough to check it by, few enough to read."""
MOST_SHOWN_ROWS = 24
"""Rows of the table that are added to the passages: one for each row of a result, and some more."""
MOST_SHOWN = 8000
"""Characters of them."""
MOST_LINES = 60
"""Of a result in words."""
MOST_COLUMNS_SHOWN = 40
MOST_NAME = 60

QUERIES = ToolDeclaration(
    reads=True, writes=False, sends_out=False, accepts_untrusted=True, highest="groups", timeout_s=TIME_S + 15
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the result: its words, and the cells it rests on, as (row, column)."""

    words: str
    cells: Sequence[tuple[int, int]]


_DESCRIPTION = (
    "Ask a table of a document by SQL: which rows, how many, sums, averages, the least, the most. Name the "
    "document by the number of one of its passages, or by its id or title; table: which of its tables, where "
    f"the passage does not say. sql: one SELECT of the table {TABLE}, with WHERE, GROUP BY, HAVING, ORDER "
    f"BY, LIMIT, and {', '.join(FUNCTIONS)}; column names in double quotes; texts that it compares with as "
    "they stand in the table, numbers as there or in the question. Without sql the columns are shown. The "
    "result and rows that it rests on are added to the numbered passages; name the result as source."
)


def make_query_table(shelf: TextShelf, reader: TableReader) -> BaseTool:
    """The tool ``query_table(sql, passage, document, table)``; who asks is filled in by the graph."""

    async def query_table(
        sql: str = "",
        passage: int | None = None,
        document: str = "",
        table: int = 1,
        scope: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
        shown: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
    ) -> tuple[str, list[Document]]:
        asked, seen = scope or {"groups": (), "filters": {}}, shown or {"question": "", "passages": []}
        part = part_to_read(passage, document, "", None, seen["passages"])

        def found() -> list[Document]:
            text = shelf.whole(part, groups=asked["groups"], filters=asked["filters"])
            return queried(sql, text, part, table, reader, seen["question"])

        documents = await asyncio.to_thread(found)
        return f"{len(documents)} passages", documents

    tool = StructuredTool.from_function(
        coroutine=query_table,
        name=QUERY_TABLE,
        description=_DESCRIPTION,
        response_format="content_and_artifact",
    )
    return declare(tool, QUERIES)


def queried(
    sql: str, text: Document, part: DocumentPart, number: int, reader: TableReader, question: str
) -> list[Document]:
    """The rows that a result rests on, as passages of their document, then the result.

    Raises:
        QueryError: there is no such table, or the query cannot be run.
    """
    if len(text.page_content) > MOST_TEXT:
        raise QueryError(f"the document has more than {MOST_TEXT} characters")
    media_type = str(text.metadata.get("media_type") or "")
    places = reader.places(text.page_content, media_type)
    number = _chosen(places, part, number)
    place = places[number - 1]
    if place.rows > MOST_TABLE_ROWS or place.rows * place.columns > MOST_CELLS:
        raise QueryError(f"the table has {place.rows} rows, more than can be asked")
    table = reader.table(text.page_content, media_type, number - 1)
    if not sql.strip():
        return [_columns(table, number, len(places))]
    with shut_database() as connection:
        try:
            query = read_query(parsed(connection, sql), table, reader, question)
        except NoSuchColumnError:
            return [_columns(table, number, len(places))]
        rows = run(connection, table, query.sql)
    lines = [line for row in rows[:MOST_ROWS] for line in _lines(query, table, row)]
    more = len(rows) > MOST_ROWS or len(lines) > MOST_LINES
    return _documents(query, table, text, lines[:MOST_LINES], more=more)


def _chosen(places: Sequence[TablePlace], part: DocumentPart, number: int) -> int:
    """Which table is asked, from 1: the one that the passage is of, else the one that is named."""
    if not places:
        raise QueryError("the document has no table")
    if part.version and part.end:
        for at, one in enumerate(places, 1):
            if one.start < part.end and part.start < one.end:
                return at
    if not 1 <= number <= len(places):
        raise QueryError(f"there is no table {number}; the document has {len(places)}")
    return number


def _columns(table: QueriedTable, number: int, count: int) -> Document:
    """What a model must know to write a query."""
    listed = [
        f"- {column_name(one.name[:MOST_NAME])} ({one.kind}{f', {one.unit.name}' if one.unit else ''})"
        for one in table.columns[:MOST_COLUMNS_SHOWN]
    ]
    rows = f"{len(table.rows)} row{'s' if len(table.rows) != 1 else ''}"
    head = f"Table {number} of {count} has {rows} and {len(table.columns)} columns:"
    return own_document(QUERY_TABLE, "Columns of a table", "\n".join([head, *listed]), [])


def _lines(query: TableQuery, table: QueriedTable, row: Sequence[Any]) -> list[_Line]:
    """A row of the result in words, with the cells of the rows that it was reckoned from.

    Of several aggregates each is a line of its own, beside the names of its group: two values of one line are
    those of one thing, and the most of one column need not go with the most of another.
    """
    numbers = row[-1] if isinstance(row[-1], list) else [] if row[-1] is None else [row[-1]]
    said = [_said(piece, value, table, numbers) for piece, value in zip(query.items, row, strict=False)]
    every = [(piece, words) for piece, words in zip(query.items, said, strict=True) if words]
    names = [one for one in every if not one[0].aggregated]
    made = [[*names, one] for one in every if one[0].aggregated] or [names]
    return [_line(query, table, one, numbers) for one in made if one]


def _line(
    query: TableQuery, table: QueriedTable, said: Sequence[tuple[SqlPiece, str]], numbers: Sequence[int]
) -> _Line:
    words = "; ".join(f"{_label(piece, table)}: {value}" for piece, value in said)
    columns = sorted({column for piece, _ in said for column in piece.columns} | query.used)
    # A row that is only counted is cited by its first cell.
    columns = columns or [0]
    cells = [(at, column) for at in numbers for column in columns if table.rows[at][column] is not None]
    # What is the least or the most comes first: of many cells only some are named.
    own = {place for piece, value in said for place in cells if _is_extreme(piece, value, table, place)}
    return _Line(words, [*(one for one in cells if one in own), *(one for one in cells if one not in own)])


def _is_extreme(piece: SqlPiece, said: str, table: QueriedTable, place: tuple[int, int]) -> bool:
    at, column = place
    cell = table.rows[at][column]
    of_it = piece.function in ("min", "max") and column in piece.columns and cell is not None
    return of_it and cell is not None and " ".join(plain(cell.written).split()) == said


_LABELS = {
    "count": "The number",
    "sum": "In total, together, the sum",
    "avg": "On average, the mean",
    "median": "The median",
    "min": "The least, the lowest, the earliest",
    "max": "The most, the highest, the latest",
}


def _label(piece: SqlPiece, table: QueriedTable) -> str:
    """What a value is called: words of ours and names of the table."""
    if piece.column is not None:
        return table.columns[piece.column].name
    if piece.function and not piece.columns:
        return "The number of rows"
    if piece.function:
        (column,) = piece.columns
        return f"{_LABELS[piece.function]} of {table.columns[column].name}"
    return piece.shown


def _said(piece: SqlPiece, value: Any, table: QueriedTable, rows: Sequence[int]) -> str:
    """The value as it is written in its cell, where it is that of one; else as it was reckoned."""
    if piece.column is not None:
        cell = table.rows[rows[0]][piece.column] if rows else None
        return " ".join(plain(cell.written).split()) if cell is not None else ""
    if value is None:
        return ""
    if piece.function in ("min", "max"):
        (column,) = piece.columns
        cells = (table.rows[at][column] for at in rows)
        as_written = next((one.written for one in cells if one is not None and _is_value(one, value)), None)
        if as_written is not None:
            return " ".join(plain(as_written).split())
    if isinstance(value, date):
        return said_value(value)
    if isinstance(value, int | float | Decimal):
        exact = Fraction(repr(float(f"{value:.12g}"))) if isinstance(value, float) else Fraction(value)
        return said_value(Amount(exact, piece.unit))
    return " ".join(str(value).split())


def _is_value(cell: TableCell, value: Any) -> bool:
    if isinstance(value, Decimal):
        return cell.value == Fraction(value)
    return cell.value == value if isinstance(value, date) else plain(cell.written) == value


def _documents(
    query: TableQuery, table: QueriedTable, text: Document, lines: Sequence[_Line], *, more: bool
) -> list[Document]:
    used = sorted({at for line in lines for at, _ in line.cells})
    # From each line by turns: each has something to be checked by.
    turns = (place for turn in zip_longest(*(line.cells for line in lines)) for place in turn if place)
    shown = _shown([*dict.fromkeys(at for at, _ in turns)], table)
    head = _head(query, table, used)
    written, places, start = [head], [], len(head) + 1
    doc = {key: text.metadata[key] for key in ("doc_id", "version")}
    for line in lines:
        cited = [(at, column) for at, column in line.cells if at in shown][:MOST_CITED]
        left = len(line.cells) - len(cited)
        words = line.words + (f" (from {len(line.cells)} cells, {len(cited)} of them cited)" if left else "")
        for at, column in cited:
            cell = table.rows[at][column]
            assert cell is not None
            places.append({**doc, "start": cell.start, "end": cell.end, "of": [start, start + len(words)]})
        written.append(words)
        start += len(words) + 1
    if more:
        written.append(f"The first {min(len(lines), MOST_ROWS)} rows of the result are shown.")
    written += _notes(query, table, used)
    if not lines:
        written.append("No row fits.")
    result = own_document(QUERY_TABLE, "Query of a table", "\n".join(written), places)
    return [*_passages(table, text, shown), result]


def _shown(rows: Sequence[int], table: QueriedTable) -> list[int]:
    """The first of these rows, as many as are to be read; one at least."""
    left, chosen = MOST_SHOWN, list[int]()
    for at in rows[:MOST_SHOWN_ROWS]:
        start, end = table.lines[at]
        left -= end - start
        if chosen and left < 0:
            break
        chosen.append(at)
    return sorted(chosen)


def _head(query: TableQuery, table: QueriedTable, used: Sequence[int]) -> str:
    """The query as it was run, in the table's own names, and over how much."""
    parts = [", ".join(one.shown for one in query.items)]
    parts += [f"where {query.condition}"] if query.condition else []
    parts += [f"by {query.grouped}"] if query.grouped else []
    parts += [f"in the order of {query.ordered}"] if query.ordered else []
    return f"Query of a table: {' '.join(parts)}; over {len(used)} of its {len(table.rows)} rows."


def _notes(query: TableQuery, table: QueriedTable, used: Sequence[int]) -> list[str]:
    """What was left out on the way."""
    notes = []
    for column in sorted({column for one in query.items if one.aggregated for column in one.columns}):
        kind = table.columns[column].kind
        cells = [table.rows[at][column] for at in used]
        left = sum(cell is not None and cell.value is None for cell in cells) if kind != "text" else 0
        if left:
            notes.append(f"Left out: {left} cells of {table.columns[column].name} that hold no {kind}.")
    if table.unread:
        notes.append(f"Left out: {table.unread} lines of the table that could not be read as rows.")
    return notes


def _passages(table: QueriedTable, text: Document, rows: Sequence[int]) -> list[Document]:
    """Rows of the table as passages of the document; rows that follow each other are one."""
    runs: list[list[int]] = []
    for at in rows:
        start, end = table.lines[at]
        if runs and runs[-1][1] + 1 == start:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    made = []
    for start, end in runs:
        where = {**text.metadata, "start": start, "end": end, "page": None}
        made.append(Document(text.page_content[start:end], metadata=where))
    return made
