"""Excel workbooks."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes


def workbook(rows: Sequence[Sequence[object]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Prices"
    for row in rows:
        sheet.append(list(row))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Sequence[Sequence[object]], change: Callable[[Any], None] = lambda book: None) -> str:
    return load_bytes("a.xlsx", workbook(rows, change)).text


def test_sheets_are_headings_and_rows_name_their_columns() -> None:
    document = load_bytes("price_list.xlsx", workbook([["Plan", "Price", "Note"], ["Team", 20, None]]))
    assert document.text == "Prices\n\nPlan: Team; Price: 20"
    assert [(b.kind, b.title) for b in document.blocks] == [("heading", "Prices"), ("row", "")]
    assert document.title == "price list"


def test_values_are_written_as_they_are_shown() -> None:
    def change(book: Any) -> None:
        for cell, shown in zip(
            book.active[2], ["0%", "#,##0.00", '0.0 "km"', "dd/mm/yy", "hh:mm", "General"], strict=True
        ):
            cell.number_format = shown

    day = datetime.datetime(2026, 3, 1, 9, 30)
    rows: list[list[object]] = [
        ["a", "b", "c", "d", "e", "f"],
        [0.25, 1234.5, 12, day.date(), day.time(), True],
    ]
    assert text(rows, change) == (
        "Prices\n\na: 25%; b: 1,234.50; c: 12.0 km; d: 2026-03-01; e: 09:30:00; f: TRUE"
    )


def test_titles_stand_above_and_a_gap_begins_a_new_table() -> None:
    rows = [["Fares"], ["From", "To"], ["Ost", "West"], [], ["Day", "Hour"], ["Monday", "9"]]
    assert text(rows) == "Prices\n\nFares\n\nFrom: Ost; To: West\nDay: Monday; Hour: 9"


def test_two_tables_side_by_side_are_read_one_after_the_other() -> None:
    rows: list[list[object]] = [["A", "B", None, "C", "D"], [1, 2, None, 3, 4], [5, 6, None, 7, 8]]
    assert text(rows) == "Prices\n\nA: 1; B: 2\nA: 5; B: 6\nC: 3; D: 4\nC: 7; D: 8"


def test_an_empty_column_within_a_table_does_not_part_it() -> None:
    rows: list[list[object]] = [["Item", "2025", None, None, "2026"], ["Rent", 9, None, None, 10]]
    assert text(rows) == "Prices\n\nItem: Rent; 2025: 9; 2026: 10"


def test_merged_cells_stand_over_all_their_columns_and_in_all_their_rows() -> None:
    def change(book: Any) -> None:
        book.active.merge_cells("B1:C1")
        book.active.merge_cells("A2:A3")

    rows: list[list[object]] = [["Plan", "Price", None], ["Team", 20, 30], [None, 25, 35]]
    assert text(rows, change) == (
        "Prices\n\nPlan: Team; Price: 20; Price: 30\nPlan: Team; Price: 25; Price: 35"
    )


def test_hidden_sheets_are_left_out() -> None:
    def change(book: Any) -> None:
        hidden = book.create_sheet("Secret")
        hidden.append(["Salary", "Name"])
        hidden.sheet_state = "hidden"

    assert "Salary" not in text([["Plan", "Price"], ["Team", 20]], change)


def test_a_workbook_without_values() -> None:
    with pytest.raises(LoadError) as caught:
        text([])
    assert caught.value.code == "no-text"


def test_a_cell_far_down_does_not_make_a_million_rows() -> None:
    def change(book: Any) -> None:
        book.active["A1000000"] = "the end"

    assert text([["Plan", "Price"], ["Team", 20]], change) == "Prices\n\nPlan: Team; Price: 20\n\nthe end"
