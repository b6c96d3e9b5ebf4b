from __future__ import annotations

import pytest

from graphs.citing.verdict import Cited, check_claim

TABLE = (
    "| Level | Title | Floor | Midpoint |\n|---|---|---|---|\n| L3 | Engineer | EUR 53,000 | EUR 61,000 |\n"
    "| L4 | Senior engineer | EUR 63,000 | EUR 71,000 |\n"
)
ROW = TABLE.index("| L4")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Level: L4; Title: Senior engineer; Floor: EUR 63,000; Midpoint: EUR 71,000", "verified"),
        ("Level: L4; Midpoint: EUR 71,000", "verified"),
        ("Level: L4; Midpoint: EUR 63,000", "unsupported"),
        ("Level: L3; Midpoint: EUR 71,000", "unsupported"),
        ("Level: L4; Midpoint: EUR 72,000", "unsupported"),
    ],
)
def test_cells_are_right_with_the_names_of_their_own_columns(claim: str, verdict: str) -> None:
    assert check_claim(claim, [Cited(TABLE, (), ROW)])[0] == verdict


def test_columns_may_be_named_by_the_last_heading() -> None:
    cited = Cited("| L4 | 12 |", ("Pay", "Columns: Level | People"))
    assert check_claim("Level: L4; People: 12", [cited])[0] == "verified"
    assert check_claim("Level: 12; People: L4", [cited])[0] != "verified"


def test_a_line_with_two_cells_is_its_own_name_and_value() -> None:
    table = "Property\tValue\nMemory\t16,000 readings\nSensors\tup to 250"
    assert check_claim("Memory: 16,000 readings", [Cited(table)])[0] == "verified"
    assert check_claim("Sensors: 16,000 readings", [Cited(table)])[0] != "verified"


@pytest.mark.parametrize(
    "text",
    ["No readings were lost and temperatures were correct.", "Keep it. Do not remove it. It takes 8 days."],
)
def test_whole_sentences_word_for_word_are_verified_whatever_is_in_them(text: str) -> None:
    assert check_claim(text, [Cited(f"Before this. {text} After that.")])[0] == "verified"


def test_an_opening_no_is_not_taken_off() -> None:
    assert check_claim("No readings were lost.", [Cited("Readings were lost.")])[0] == "unsupported"


HEADS = (
    "|  | Earnings |  | Per share |  |\n|  | 2018 | 2019 | 2018 | 2019 |\n|---|---|---|---|---|\n"
    "| Europe | | | | |\n| Cash dividends | 6,916 | 9,765 | $0.58 | $0.75 |\n"
)


@pytest.mark.parametrize(
    ("claim", "verified"),
    [
        ("Cash dividends; 2019: 9,765", True),
        ("Europe: Cash dividends; Per share 2018: $0.58", True),
        ("Cash dividends; 2019: 9,765; 2019: $0.75", True),
        ("Cash dividends; 2018: 9,765", False),
        ("Cash dividends; 2019: $0.58", False),
        ("Asia: Cash dividends; 2019: 9,765", False),
        ("Cash dividends; 2020: 9,765", False),
    ],
)
def test_a_cell_may_have_several_names_over_it_and_its_row_a_group(claim: str, verified: bool) -> None:
    verdict, _ = check_claim(claim, [Cited(HEADS, (), HEADS.index("| Cash"))])
    assert (verdict == "verified") is verified


def test_a_row_is_not_put_under_another_group() -> None:
    table = HEADS + "| Asia | | | | |\n| Cash dividends | 1,234 | 2,345 | $0.11 | $0.22 |\n"
    row = Cited(table, (), table.rindex("| Cash"))
    assert check_claim("Asia: Cash dividends; 2019: 2,345", [row])[0] == "verified"
    assert check_claim("Europe: Cash dividends; 2019: 2,345", [row])[0] != "verified"
