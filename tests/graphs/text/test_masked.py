"""A masked text is as long as it was, line by line."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from graphs.text.masked import MASK, is_masked_form, masked, pattern_of

SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)))


@given(st.text(max_size=50), SPANS)
def test_length_lines_and_everything_outside_stay(text: str, spans: list[tuple[int, int]]) -> None:
    shown = masked(text, spans)
    assert len(shown) == len(text)
    for at, (mine, theirs) in enumerate(zip(shown, text, strict=True)):
        inside = any(start <= at < end for start, end in spans)
        assert mine == (MASK if inside and not theirs.isspace() else theirs)
    assert is_masked_form(shown, text)
    assert re.fullmatch(pattern_of(shown), text, re.S) or any(letter.isspace() for letter in text)


def test_another_text_is_no_masked_form() -> None:
    assert not is_masked_form("key ██", "kez AB")
    assert not is_masked_form("", "a")
