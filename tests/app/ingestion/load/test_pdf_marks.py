"""Words told apart in the text of their line."""

from __future__ import annotations

from array import array

import pytest

from app.ingestion.load.pdf_lines import PdfLine, _append
from app.ingestion.load.pdf_marks import joined, shortened, word_marks

HALF = {"ﬁ": "fi", "\u00ad": ""}


def cleaned(text: str) -> str:
    return "".join(HALF.get(char, char) for char in text)


def words(*texts: str) -> list[tuple[str, float, float]]:
    """Words of 10 points with 2 between them."""
    return [(text, 12.0 * place, 12.0 * place + 10) for place, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("text", "found", "marks"),
    [
        ("Ask first", words("Ask", "first"), [0, 0, 100, 4, 120, 220]),
        ("ﬁne print".replace("ﬁ", "fi"), words("ﬁne", "print"), [0, 0, 100, 5, 120, 220]),
        # A word of nothing but a soft hyphen is gone; two words became one.
        ("Ask first", words("Ask", "\u00ad", "first"), [0, 0, 100, 4, 240, 340]),
        ("Asking first", words("Ask", "ing", "first"), [0, 0, 220, 7, 240, 340]),
        ("Travel … 14", words("Travel", ".", ".", ".....", "14"), [0, 0, 100, 7, 120, 460, 9, 480, 580]),
        # What fits in no way is one mark as wide as the line.
        ("Ask first", words("Ask", "somebody", "else"), [0, 0, 340]),
        ("Ask", words("Ask", "first"), [0, 0, 220]),
    ],
)
def test_each_word_is_found_with_its_edges(
    text: str, found: list[tuple[str, float, float]], marks: list[int]
) -> None:
    assert list(word_marks(text, found, cleaned)) == marks


def test_lines_that_become_one_keep_their_words_apart() -> None:
    marks = joined(array("i", [0, 10, 20]), array("i", [0, 50, 60, 3, 70, 80]), 5)
    assert list(marks) == [0, 10, 20, 5, 50, 60, 8, 70, 80]
    assert list(shortened(marks, 2)) == [0, 10, 20, 3, 50, 60, 6, 70, 80]


def line(text: str, left: float) -> PdfLine:
    marks = array("i", [0, int(left * 10), int(left * 10) + 300])
    return PdfLine(text, 0, left, left + 30, 12, 0, False, 5, -1, 13, marks)


def test_a_line_beside_another_is_added_with_its_place() -> None:
    before, after = line("Team", 10), line("49 EUR", 90)
    after.low = -4
    _append(before, "\t", after)
    assert (before.text, before.low, before.high, before.right) == ("Team\t49 EUR", -4, 13, 120)
    assert list(before.marks) == [0, 100, 400, 5, 900, 1200]


def test_where_two_characters_become_one_the_line_is_one_mark() -> None:
    before = line("cafe", 10)
    _append(before, "", line("\u0301 noir", 41))
    assert before.text == "café noir"
    assert list(before.marks) == [0, 100, 710]
