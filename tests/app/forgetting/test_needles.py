"""Words are found in bytes of every encoding they may stand in, and numbers only where they stand alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forgetting.needles import FoundAt, Needles
from app.forgetting.rare_words import not_inside, rare_words, words_of

letters = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=6, max_size=12)
noise = st.binary(max_size=40)


@given(noise, letters, noise, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_a_word_is_found_at_its_place_in_any_encoding(
    before: bytes, word: str, after: bytes, encoding: str
) -> None:
    needles = Needles([word, "another one"])
    data = before + b"\0 " + word.encode(encoding) + b" \0" + after
    found = {(one.word, one.offset) for one in needles.find(data)}
    assert (word, len(before) + 2) in found


@given(st.lists(letters, min_size=1, max_size=30, unique=True), st.text())
def test_many_words_are_found_as_one_at_a_time_would_be(words: list[str], text: str) -> None:
    data = (text + " ".join(words[::2])).encode("utf-8", "replace")
    together = set(Needles(words).find(data))
    apart = {one for word in words for one in Needles([word]).find(data)}
    assert together == apart


@pytest.mark.parametrize(
    "written", ["Straßenbahn", "STRASSE", "straßenBAHN", json.dumps("Straßenbahn")[1:-1]]
)
def test_either_case_and_the_escapes_of_json_are_the_same_word(written: str) -> None:
    expected = set() if written == "STRASSE" else {"straßenbahn"}
    assert Needles(["straßenbahn"]).in_text(f"x{written}y") == expected


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("paid 777123 EUR", True),
        ("paid 777123", True),
        ("sha 9f777123ab", False),
        ("score 0.777123", False),
        ("No.777123", True),
        ("1777123", False),
    ],
)
def test_a_number_counts_only_where_no_digit_goes_on_beside_it(text: str, is_there: bool) -> None:
    assert list(Needles(["777123"]).find(text.encode())) == (
        [FoundAt("777123", text.index("777123"))] if is_there else []
    )


def test_no_words_are_nowhere() -> None:
    assert not Needles([])
    assert list(Needles([]).find(b"anything")) == []
    assert list(Needles(["longenough"]).find(b"xy")) == []


def test_a_word_is_rare_that_no_other_text_has_even_inside_a_longer_one() -> None:
    own = ["The Kakistocracy pays for affairs of the Zugzwang."]
    others = ["Her affairs are many.", "kakistocracy2 is a name"]
    assert rare_words(own, lambda: others) == {"zugzwang"}
    assert not_inside({"zugzwang", "kakistocracy"}, others) == {"zugzwang"}


def test_names_that_programs_write_are_no_proof() -> None:
    assert rare_words(["additional_kwargs checkpoint verdict embedding Zugzwang"], lambda: []) == {"zugzwang"}


def test_words_too_short_to_be_told_apart_are_left_out() -> None:
    assert words_of("Ann owes 12345 to Großmutter 東京都") == {"großmutter", "東京都"}
