"""Quoted pieces of documents read as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extractive.readable import cells, readable, row_sentence


@pytest.mark.parametrize(
    ("piece", "reads"),
    [
        ("**Bold** and *soft* words", "Bold and soft words"),
        ("snake_case_name stays, _this_ does not", "snake_case_name stays, this does not"),
        ("`**kwargs` is code", "`**kwargs` is code"),
        ("see [the page](x.md#a) and [that][1]", "see the page and that"),
        ("![a picture](x.png) shows", "a picture shows"),
        ("> quoted\n> words", "quoted > words"),
        ("a < b and 2 * 3 * 4", "a < b and 2 * 3 * 4"),
        ("Heading words { #anchor }", "Heading words"),
    ],
)
def test_marks_go_and_words_stay(piece: str, reads: str) -> None:
    assert readable(piece) == reads


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_plain_words_are_left_alone(word: str) -> None:
    assert readable(word) == word


def test_a_row_whose_cells_do_not_match_the_header_is_still_readable() -> None:
    assert row_sentence(cells("| a | b |"), cells("| 1 | 2 | 3 |")) == "1; 2; 3"
    assert cells(r"| a \| b | c |") == ["a | b", "c"]
