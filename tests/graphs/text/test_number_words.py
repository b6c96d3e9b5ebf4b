from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.text.number_words import spoken


def read(text: str) -> list[tuple[str, int]]:
    return [(text[start:end], value) for start, end, value in spoken(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It takes a hundred and five days and two thousand and one nights.",
         [("a hundred and five", 105), ("two thousand and one", 2001)]),
        ("Half of the hundreds of users, per hundred, some million of them, in the twelfth year.", []),
        ("Die Frist ist einundzwanzig Tage, für Händler zweihundertfünfzig, und drei Millionen Euro.",
         [("einundzwanzig", 21), ("zweihundertfünfzig", 250), ("drei Millionen", 3_000_000)]),
        ("Le délai est de vingt et un jours et le prix de quatre-vingt-dix euros.",
         [("vingt et un", 21), ("quatre-vingt-dix", 90)]),
        ("El plazo es de once días y el precio de dos mil quinientos euros.",
         [("once", 11), ("dos mil quinientos", 2500)]),
        ("Il termine è di ventuno giorni e il prezzo di due milioni.",
         [("ventuno", 21), ("due milioni", 2_000_000)]),
        ("O prazo é de trinta e cinco dias e o preço de dois milhões.",
         [("trinta e cinco", 35), ("dois milhões", 2_000_000)]),
        ("De termijn is eenentwintig dagen en de prijs is tweeduizend vijfhonderd euro.",
         [("eenentwintig", 21), ("tweeduizend vijfhonderd", 2500)]),
        ("vierzehn Tage", [("vierzehn", 14)]),
        ("Quatorze jours", [("Quatorze", 14)]),
    ],
)  # fmt: skip
def test_numbers_are_read_in_the_language_of_the_text(text: str, found: list[tuple[str, int]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "It is due at once, and the fire was on DOS with null cents.",
        "Otto once",
        "Tens of billions saw Twenty20.",
        "Mr. O'Brien is on OS X, in O(n) for the os.",
        "Es el tercer año y son cientos de personas.",
        "Un client, une fois, et le produit est neuf.",
        "Der Kunde hat ein Gerät und eine Frage.",
        "El cliente tiene un aparato y una pregunta.",
        "No one of them has one.",
    ],
)
def test_articles_pronouns_and_words_of_another_language_are_no_numbers(text: str) -> None:
    assert read(text) == []


@given(st.lists(st.sampled_from("the die et two zwei deux mil and und - , Million hundred a ٣ é".split())))
def test_what_is_found_lies_in_the_text_in_order(words: list[str]) -> None:
    text = " ".join(words)
    position = 0
    for start, end, value in spoken(text):
        assert position <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert value >= 0
        position = end
