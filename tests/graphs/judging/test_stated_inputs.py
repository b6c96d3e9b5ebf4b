"""Inputs of a calculation: what stands in the text, whole, with the text's own unit; or nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from graphs.judging.stated_inputs import read_stated
from tools.exact_arithmetic import Amount


@pytest.mark.parametrize(
    ("words", "text", "value", "unit", "stated"),
    [
        ("40 EUR", "A ticket costs 40 EUR.", 40, "EUR", "40 EUR"),
        ("40", "A ticket costs 40 EUR.", 40, "EUR", "40 EUR"),
        ("40", "It costs €40 now.", 40, "EUR", "€40"),
        ("12,500 EUR", "Pay 12,500 EUR by May.", 12500, "EUR", "12,500 EUR"),
        ("1.2 million EUR", "It made 1.2 million EUR.", 1200000, "EUR", "1.2 million EUR"),
        ("5", "A fee of 5% applies.", 5, "share", "5%"),
        ("-5", "It was -5 °C.", -5, "celsius", "-5 °C"),
        ("two", "Take two apples.", 2, "", "two"),
        ("24  months", "A warranty of 24\nmonths.", 24, "months", "24 months"),
        ("80 EUR", "A dog pays 180 EUR, a cat 80 EUR.", 80, "EUR", "80 EUR"),
    ],
)
def test_what_is_stated(words: str, text: str, value: int, unit: str, stated: str) -> None:
    found = read_stated(words, text)
    assert found is not None
    assert isinstance(found.value, Amount)
    assert found.value.value == Fraction(value)
    assert (found.value.unit.of if found.value.unit else "") == unit
    assert found.words == stated


def test_a_whole_date_and_the_sentence_it_stands_in() -> None:
    text = "We moved. The lease began on 1 March 2026 and goes on."
    found = read_stated("1 March 2026", text)
    assert found is not None
    assert found.value == date(2026, 3, 1)
    assert text[found.start : found.end] == "The lease began on 1 March 2026 and goes on."


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("40 EUR", "A dog pays 140 EUR."),
        ("500", "Pay 12,500 EUR."),
        ("1.2", "It made 1.2 million EUR."),
        ("5", "It was -5 °C."),
        ("2026", "On 1 March 2026."),
        ("March 2026", "In March 2026."),
        ("03/04/2026", "On 03/04/2026."),
        ("31 February 2026", "On 31 February 2026."),
        ("2", "The G2 gateway, version 2.4.1, at 12:02."),
        ("40 EUR and 50 EUR", "Between 40 EUR and 50 EUR."),
        ("EUR", "A ticket costs 40 EUR."),
        ("", "A ticket costs 40 EUR."),
        ("41 EUR", "A ticket costs 40 EUR."),
    ],
)
def test_what_is_not_stated_so_is_nothing(words: str, text: str) -> None:
    assert read_stated(words, text) is None
