"""CSV and TSV tables."""

from __future__ import annotations

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_row_is_a_line_with_its_headers(delimiter: str) -> None:
    rows = [["Plan", "Price", "Note"], ["Team", "20", ""], ["Solo", "5", "new\nline"]]
    data = "\r\n".join(delimiter.join(f'"{c}"' if "\n" in c else c for c in row) for row in rows)
    document = load_bytes("price_list.csv", data.encode())
    assert document.text == "Plan: Team; Price: 20\nPlan: Solo; Price: 5; Note: new line"
    assert [(b.kind, document.text[b.start : b.end]) for b in document.blocks] == [
        ("row", "Plan: Team; Price: 20"),
        ("row", "Plan: Solo; Price: 5; Note: new line"),
    ]
    assert document.title == "price list"


def test_quotes_and_commas_in_cells() -> None:
    assert load_bytes("a.csv", b'Name,Says\nAnn,"Hi, ""you"""\n').text == 'Name: Ann; Says: Hi, "you"'


def test_one_column_of_prose_is_not_cut_at_odd_characters() -> None:
    data = b"Industry\nAccounting/Finance\nHealthcare\n"
    assert load_bytes("a.csv", data).text == "Industry: Accounting/Finance\nIndustry: Healthcare"


def test_tsv_and_rows_longer_than_the_header() -> None:
    assert load_bytes("a.tsv", b"a\tb\n1\t2\t3\n").text == "a: 1; b: 2; Column 3: 3"


def test_numbers_only_have_no_header() -> None:
    assert load_bytes("a.csv", b"1,2\n3,4\n").text == "Column 1: 1; Column 2: 2\nColumn 1: 3; Column 2: 4"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"a,b\n", "empty"), (b"a,b\n1," + b"x" * 140_000, "broken-csv"), (b"a,b\n\x00,1", "binary")],
)
def test_bad_tables(data: bytes, code: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.csv", data)
    assert caught.value.code == code


def test_the_text_limit_stops_a_table_that_grows() -> None:
    data = b"h" * 500 + b",b\n" + b"1,2\n" * 100
    with pytest.raises(LoadError) as caught:
        load_bytes("a.csv", data, LoadLimits(max_text_chars=10_000))
    assert caught.value.code == "too-large"
