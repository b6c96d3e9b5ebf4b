"""Tables as loaders write them: a cell is the characters that it says, and what is unclear is left out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.load import load_file
from graphs.text.tables import MOST_COLUMNS, TextTable, tables

PIPES = "# Plans\n\n| Plan | Price |\n| --- | ---: |\n| Team | 49 EUR |\n| a \\| b | |\n| short |\n"


def shown(text: str, table: TextTable) -> list[list[str]]:
    return [[text[cell.start : cell.end] if cell else "" for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        (PIPES, ("Plan", "Price"), [["Team", "49 EUR"], ["a \\| b", ""]]),
        ("A\tB\n1\t2\n3\t4", ("A", "B"), [["1", "2"], ["3", "4"]]),
        ("Plan: Team; Price: 49\nPlan: Solo", ("Plan", "Price"), [["Team", "49"], ["Solo", ""]]),
        ("Team; Price: 49\nSolo; Price: 20", ("Column 1", "Price"), [["Team", "49"], ["Solo", "20"]]),
        ("A: 1; A: 2; B: 3\nA: 4; A: 5", ("A", "A 2", "B"), [["1", "2", "3"], ["4", "5", ""]]),
        (
            "B: 1; C: 2\nA: 9\nA: 3; B: 4; C: 5",
            ("A", "B", "C"),
            [["", "1", "2"], ["9", "", ""], ["3", "4", "5"]],
        ),
        ("A; P: 1\nB; P: 2\nAdd: costs; P: 3", ("Column 1", "P"), [["A", "1"], ["B", "2"]]),
        ("a: 1; A: 2", ("a", "A 2"), [["1", "2"]]),
        ("Plan: Team\nSeats: 5", ("Plan", "Seats"), [["Team", ""], ["", "5"]]),
    ],
)
def test_cells_are_read_where_they_stand(text: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    (table,) = tables(text)
    assert table.columns == columns
    assert shown(text, table) == rows


def test_a_row_with_a_column_twice_or_out_of_order_is_left_out_and_counted() -> None:
    text = "Plan: A; Note: x; Price: 1\nPlan: B; Note: y; Price: 9; Price: 2\nPlan: C; Price: 3; Note: z"
    (table,) = tables(text)
    assert shown(text, table) == [["A", "x", "1"]]
    assert table.unread == 2


def test_what_has_no_name_is_a_cell_or_part_of_one_and_left_out_unless_that_is_known() -> None:
    text = "Note: one; two; Price: 4\nNote: x; Price: 5"
    (unsure,) = tables(text)
    assert (shown(text, unsure), unsure.unread) == ([["x", "5"]], 1)
    (sure,) = tables(text, all_named=True)
    assert (shown(text, sure), sure.unread) == ([["one; two", "4"], ["x", "5"]], 0)


@pytest.mark.parametrize(
    "text", ["", "Only prose: nothing else.", "One line.\nAnother; with more.", "| a |\n| - |"]
)
def test_prose_is_no_table(text: str) -> None:
    assert tables(text) == []


def test_sheets_and_titles(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Prices"
    for row in (["Plan", "Price"], ["Team", 49], ["Solo", 20]):
        book.active.append(row)
    other = book.create_sheet("Stock")
    for line in (["Part", "Count"], ["Bolt", 7], ["Nut", None]):
        other.append(line)
    path = tmp_path / "book.xlsx"
    book.save(path)
    text = load_file(path).text
    first, second = tables(text)
    assert (first.title, second.title) == ("Prices", "Stock")
    assert shown(text, first) == [["Team", "49"], ["Solo", "20"]]
    # A line of one cell may name the rows below it as well as be one: it is left out, and counted.
    assert (shown(text, second), second.unread) == ([["Bolt", "7"]], 1)


_CELL = st.text("abc 12.,;:|\\", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=6))
def test_whatever_is_in_them_cells_lie_in_their_lines_in_order(rows: list[tuple[str, str]]) -> None:
    text = "\n".join(f"Plan: {one}; Price: {other}" for one, other in rows)
    for table in tables(text):
        for row, (start, end) in zip(table.rows, table.lines, strict=True):
            at = start
            for cell in filter(None, row):
                assert at <= cell.start <= cell.end <= end
                at = cell.end


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"N{n}: 1; M{n}: 2" for n in range(20_000)),
        "; ".join(f"N{n}: 1" for n in range(20_000)),
        "; ".join(["N: 1"] * 20_000),
        "|" + "a|" * 20_000 + "\n" + "|" + "b|" * 20_000,
        "a\t" * 20_000 + "\n" + "b\t" * 20_000,
        "\n".join(["A: 1; B: 2", "B: 1; A: 2"] * 10_000),
        "\n".join("; ".join(f"N{(n * k) % 199}: 1" for n in range(1, 199)) for k in range(1, 500)),
        "; " * 50_000,
        "A: " * 50_000,
    ],
    ids=["names", "one row", "one name", "pipes", "tabs", "orders", "permutations", "separators", "colons"],
)
def test_what_is_made_to_take_long_does_not(text: str) -> None:
    begun = time.monotonic()
    assert all(len(table.columns) <= MOST_COLUMNS for table in tables(text))
    assert time.monotonic() - begun < 15
