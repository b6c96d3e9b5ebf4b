from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.facts import Facts, facts
from graphs.citing.stated_values import stated_in
from graphs.text.number_words import spoken
from graphs.text.quantities import fit, quantities


def missing_numbers(claim: str, *support: str) -> list[str]:
    found = stated_in(facts(claim), [facts(text) for text in support], "")
    loose = [one.words for one in found.objections if one.rule == "number-loose"]
    return [*found.missing, *found.wrong, *loose]


def spoken_numbers(text: str) -> set[str]:
    return {str(value) for _, _, value in spoken(text)}


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
    assert missing_numbers("The warranty lasts two years.", "The warranty lasts three years.") == ["two"]


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


@pytest.mark.parametrize(
    ("claim", "source", "how"),
    [
        ("1.2 billion EUR", "1,200 million euros", "same"),
        ("EUR 5M", "5 million EUR", "same"),
        ("12 %", "12 percent", "same"),
        ("2 years", "24 months", "same"),
        ("90 minutes", "1.5 hours", "same"),
        ("5 pm", "17:00", "same"),
        ("−5 °C", "-5 °C", "same"),
        ("14 days", "14 hours", "unit"),
        ("14 days", "14 working days", "unit"),
        ("49 EUR", "49 USD", "unit"),
        ("12 %", "12 EUR", "unit"),
        ("at least 14 days", "at most 14 days", "bound"),
        ("up to 30 days", "30 days", "loose"),
        ("30 days", "no more than 30 days", "loose"),
        ("in 14 days", "within 14 days", "same"),
        ("about 1.2 million", "1,204,332", "same"),
        ("1.2 million", "1,204,332", "rounded"),
        ("more than 1,200", "1,204", "same"),
        ("1.3 million", "1,204,332", "missing"),
        ("about 60", "47", "missing"),
        ("the G2", "the G3", "missing"),
        ("INC-2024-017", "INC-2024-071", "missing"),
        ("-5 °C", "5 °C", "missing"),
        ("5 pm", "5:00", "missing"),
    ],
)
def test_a_quantity_fits_another_by_value_unit_and_bound(claim: str, source: str, how: str) -> None:
    assert fit(quantities(claim)[0], quantities(source)) == how


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert [one.unit and one.unit.name for one in quantities("between 10 and 20 days")] == ["day", "day"]
    assert fit(quantities("10 hours")[0], quantities("10-20 days")) == "unit"


def test_a_unit_may_stand_in_the_head_of_a_table() -> None:
    table = [facts("Team | 49", ["Plan | Price in EUR"], kind="row")]
    assert missing("It costs 49 EUR.", table) == []
    assert missing("It costs 49 USD.", table) == ["49"]


def missing(claim: str, sources: list[Facts]) -> list[str]:
    found = stated_in(facts(claim), sources, "")
    return [*found.missing, *found.wrong]


@given(st.decimals(0, 10**6, places=2), st.sampled_from(["days", "EUR", "GB", "%"]))
def test_a_quantity_is_the_same_as_itself_and_not_as_ten_times_more(value: Decimal, unit: str) -> None:
    here = quantities(f"{value} {unit}")
    assert fit(here[0], here) == "same"
    if value:
        assert fit(here[0], quantities(f"{value * 10} {unit}")) == "missing"
