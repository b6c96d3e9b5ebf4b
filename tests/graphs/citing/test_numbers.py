from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.numbers import missing_numbers, numbers, spoken_numbers


@given(st.integers(0, 10**9))
def test_thousands_separators_make_no_difference(value: int) -> None:
    assert missing_numbers(f"It is {value:,}.", f"exactly {value} of them") == []
    assert missing_numbers(f"It is {value}.", f"exactly {value:,} of them") == []


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_another_number_is_missing(claimed: int, held: int) -> None:
    missing = missing_numbers(f"It takes {claimed} days.", f"It takes {held} days.")
    assert missing == ([] if claimed == held else [str(claimed)])


@given(st.integers(0, 999))
def test_trailing_zeros_make_no_difference(value: int) -> None:
    assert missing_numbers(f"{value}.50 EUR", f"{value}.5 EUR") == []
    assert missing_numbers(f"{value}.00 EUR", f"{value} EUR") == []


@given(st.dates())
def test_a_date_agrees_with_itself_and_no_other_order_of_its_parts(day: object) -> None:
    assert missing_numbers(f"on {day}", f"due {day}.") == []
    year, month, date = str(day).split("-")
    assert missing_numbers(f"on {day}", f"due {date}-{month}-{year}") == [str(day)]


TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = "one two three four five six seven eight nine".split()


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        *((tens, str(10 * place)) for place, tens in enumerate(TENS, 2)),
        *(
            (f"{tens}-{small}", str(10 * p + q))
            for p, tens in enumerate(TENS, 2)
            for q, small in enumerate(SMALL, 1)
        ),
        ("twelve", "12"),
        ("a hundred", "100"),
        ("two hundred and fifty", "250"),
        ("three hundred five", "305"),
    ],
)
def test_numbers_in_words_are_read_as_digits(spoken: str, value: str) -> None:
    assert spoken_numbers(f"within {spoken} days") == {value}
    assert missing_numbers(f"within {value} days", f"within {spoken} days") == []
    assert missing_numbers(f"within {spoken} days", f"within {value} days") == []


def test_a_number_in_words_that_the_source_has_not_is_missing() -> None:
    assert missing_numbers("The warranty lasts two years.", "The warranty lasts three years.") == ["2"]


def test_one_is_a_pronoun() -> None:
    assert missing_numbers("Each plan has one.", "Each plan has it.") == []


@pytest.mark.parametrize("word", ["often", "tone", "weight", "height", "someone", "canine", "attend"])
def test_a_number_inside_a_word_is_none(word: str) -> None:
    assert spoken_numbers(word) == set()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("3-5 days", "3–5 days"),
        ("3-5 days", "3 to 5 days"),
        ("open 9:30 to 17:00", "9:30-17:00"),
        ("version 2.4.1", "since v2.4.1"),
        ("on 2026–03–01", "on 2026-03-01"),
        ("50%", "50 percent"),
        ("007 units", "7 units"),
    ],
)
def test_other_spellings_of_the_same_number_agree(claim: str, source: str) -> None:
    assert missing_numbers(claim, source) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("version 2.4.1", "version 2.4.2"),
        ("12.5 EUR", "125 EUR"),
        ("1,250 EUR", "1250.5 EUR"),
        ("9:30", "9:03"),
    ],
)
def test_near_numbers_do_not_agree(claim: str, source: str) -> None:
    assert missing_numbers(claim, source)


def test_any_of_the_supports_may_hold_a_number() -> None:
    assert missing_numbers("14 days and 3 forms", "14 days", "how about three forms?") == []


@given(st.text(max_size=100))
def test_any_text_holds_its_own_numbers(text: str) -> None:
    assert missing_numbers(text, text) == []
    assert all(number for number in numbers(text))
