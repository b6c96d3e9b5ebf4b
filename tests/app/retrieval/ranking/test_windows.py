"""Passages in windows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.ranking.windows import windows

lines = st.lists(
    st.sampled_from(
        [
            "# Returns",
            "Keep the box. Send it back within 30 days.",
            "You need:",
            "- the receipt",
            "- the box it came in, closed",
            "| Plan | Price |",
            "|---|---|",
            "| Team | 49 EUR |",
            "",
            "x" * 500,
            "```\nrun --fast\n```",
        ]
    ),
    max_size=12,
)


@given(lines, st.integers(1, 400))
def test_windows_are_in_order_apart_and_hold_all_the_words(some: list[str], most: int) -> None:
    text = "\n".join(some)
    found = windows(text, most)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    held = "".join(text[start:end] for start, end in found)
    assert {c for c in text if c.isalnum()} <= set(held)


def test_a_table_stays_with_its_header() -> None:
    rows = "\n".join(f"| {n} | {n * n} |" for n in range(60))
    text = f"Squares of the first numbers are listed here.\n\n| n | square |\n|---|---|\n{rows}\n"
    assert [text[start:end].count("\n| ") for start, end in windows(text)][-1] >= 60


def test_a_list_stays_with_the_sentence_that_introduces_it() -> None:
    text = "Unrelated. " * 30 + "\n\nBring these:\n\n" + "\n".join(f"- thing number {n}" for n in range(30))
    start, end = windows(text)[-1]
    assert "Bring these:" in text[start:end]
    assert text[start:end].endswith("thing number 29")


def test_a_heading_stays_with_what_follows() -> None:
    text = "# " + "Heading " * 20 + "\n\n" + "A sentence that is rather long for what it says. " * 3
    assert windows(text, 60)[0][1] > text.index("A sentence")


def test_text_without_a_sentence_is_one_window_and_empty_text_none() -> None:
    assert windows("") == []
    assert windows("  \n ") == []
    assert windows("…") == [(0, 1)]
