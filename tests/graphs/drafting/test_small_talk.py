from __future__ import annotations

import pytest

from graphs.drafting.small_talk import is_small_talk


@pytest.mark.parametrize(
    "said",
    [
        "thanks",
        "Thank you so much!",
        "ok",
        "yes",
        "No.",
        "Hello!",
        "good morning",
        "Great, that helps",
        "danke",
        "thx :)",
    ],
)
def test_what_asks_nothing(said: str) -> None:
    assert is_small_talk(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "?!",
        "And?",
        "why",
        "thanks, and in Oslo",
        "Is it ok?",
        "help",
        "good morning calls",
        "yes or no for G2",
    ],
)
def test_what_asks_something(said: str) -> None:
    assert not is_small_talk(said)
