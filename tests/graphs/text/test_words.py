from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.text.words import STOP_WORDS, content_words, stem, words


@given(st.text(max_size=100))
def test_content_words_are_lower_case_and_without_stop_words(text: str) -> None:
    found = words(text)
    assert [word.lower() for word in found] == found
    assert content_words(text) == [stem(word) for word in found if word not in STOP_WORDS]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("policies", "policy"),
        ("days", "day"),
        ("boxes", "boxe"),
        ("devices", "device"),
        ("gateways", "gateway"),
    ],
)
def test_plurals_are_folded(plural: str, singular: str) -> None:
    assert stem(plural) == singular


@pytest.mark.parametrize("word", ["status", "access", "bus", "is"])
def test_words_that_only_look_like_plurals_stay(word: str) -> None:
    assert stem(word) == word


def test_a_curly_apostrophe_is_a_straight_one_and_a_possessive_falls() -> None:
    assert words("The manager’s isn’t") == ["the", "manager", "isn't"]
