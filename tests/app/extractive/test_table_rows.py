"""Rows of tables as sentences: the cells that are asked for, with the words of their columns."""

from __future__ import annotations

from app.extractive.pieces import pieces
from app.extractive.table_rows import asked_of_record
from tests.app.extractive.test_pieces import passage

PRICES = (
    "| Plan | Seats | Price 2025 | Price 2026 | Support |\n|---|---|---|---|---|\n"
    "| Solo | 1 | 40 | 42 | mail |\n| Team | 5 | 90 | 95 | phone |"
)


def rows(question: str, text: str) -> list[str]:
    return [one.text for one in pieces(question, passage(text))]


def test_the_column_that_is_named_answers_with_the_row_that_is_named() -> None:
    assert rows("What was the Team plan's price in 2026?", PRICES)[1] == "Plan: Team; Price 2026: 95"
    assert rows("How many seats has Team?", PRICES)[1] == "Plan: Team; Seats: 5"


def test_without_a_column_in_the_question_the_row_is_whole() -> None:
    assert rows("Tell me about Team", PRICES)[1].count(";") == 4


def test_quotes_are_header_and_row() -> None:
    one = pieces("How many seats has Team?", passage(PRICES))[1]
    assert one.quotes == (
        "| Plan | Seats | Price 2025 | Price 2026 | Support |",
        "| Team | 5 | 90 | 95 | phone |",
    )


def test_a_second_header_row_names_the_columns() -> None:
    table = "| | Years ended | |\n|---|---|---|\n| | 2026 | 2025 |\n| Net sales | 1,200 | 1,100 |"
    (one,) = pieces("What were net sales?", passage(table))
    assert one.text == "Net sales; 2026: 1,200; 2025: 1,100"
    assert one.quotes == ("| | Years ended | |", "| | 2026 | 2025 |", "| Net sales | 1,200 | 1,100 |")


def test_a_row_without_values_names_those_below_it() -> None:
    table = "| | 2026 | 2025 |\n|---|---|---|\n| Revenue: | | |\n| Products | 7 | 6 |"
    (one,) = pieces("Revenue of products?", passage(table))
    assert one.text == "Revenue: Products; 2026: 7; 2025: 6"
    assert "| Revenue: | | |" in one.quotes


def test_a_list_of_properties_needs_no_header() -> None:
    assert rows("How heavy is it?", "| Property | Value |\n|---|---|\n| Weight | 40 g |") == ["Weight: 40 g"]


def test_of_a_record_on_one_line_what_is_asked_for() -> None:
    record = "Item: lamp; Colour: red; Price: 4; Weight: 40 g"
    assert asked_of_record("What is the weight of the lamp?", record) == "Item: lamp; Weight: 40 g"
    assert asked_of_record("Tell me about the lamp", record) == record
