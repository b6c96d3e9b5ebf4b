"""The part of a long text that is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.sources.part import SourcePart
from app.web.sources.shown import shown_part
from app.web.sources.window import before, definitions, opening, window
from tests.support.tame_html import assert_tame, lit_words


@given(st.text(alphabet="ab\n ", max_size=200), st.data())
def test_a_part_is_small_and_holds_where_the_words_begin(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    begin, stop = window(text, start, end, size=30)
    assert 0 <= begin <= start <= stop <= len(text)
    assert stop - begin <= 30
    if end - start <= 15:
        assert stop >= end


@given(st.text(alphabet="ab\n ", min_size=1, max_size=300))
def test_going_on_reaches_every_character(text: str) -> None:
    at, seen = 0, ""
    while at < len(text):
        begin, stop = window(text, 0, 0, at, size=20)
        assert begin == at
        assert stop > at
        seen += text[begin:stop]
        at = stop
    assert seen == text
    while at > 0:
        assert before(text, at, size=20) < at
        at = before(text, at, size=20)


def test_a_part_is_cut_between_paragraphs_else_lines_else_anywhere() -> None:
    text = "\n\n".join(f"paragraph {number} has words" for number in range(100))
    begin, stop = window(text, 1000, 1010, size=200)
    assert text[begin:stop].startswith("paragraph")
    assert text[begin:stop].endswith("words")
    line = "x" * 1_000_000
    begin, stop = window(line, 500_000, 500_010)
    assert begin < 500_000 < 500_010 < stop <= begin + 20_000


@pytest.mark.parametrize(
    ("text", "at", "quote"),
    [
        ("```sh\n" + "ls *.txt # <b>\n" * 50 + "```\n\nAfter.", "ls", "*.txt # <b>"),
        (
            "| Plan | Price |\n|---|---|\n" + "".join(f"| P{n} | {n} |\n" for n in range(50)),
            "| P30",
            "| P31 | 31 |",
        ),
    ],
)
def test_a_part_of_a_fence_or_table_reads_as_in_the_whole(text: str, at: str, quote: str) -> None:
    begin = text.index(at, len(text) // 3) if at == "ls" else text.index(at)
    part = text[begin:]
    start = part.index(quote)
    shown = shown_part(
        SourcePart(part, start, start + len(quote), opening=opening(text, begin)), "text/markdown"
    )
    soup = assert_tame(shown.html)
    assert not shown.as_written
    if at == "ls":
        assert lit_words(soup) == quote
        assert soup.find_all("p")[-1].get_text() == "After."
    else:
        assert [one.get_text() for one in soup.find_all("th")] == ["Plan", "Price"]
        assert [one.get_text() for one in soup.find_all("mark")] == ["P31", "31"]


def test_links_whose_address_stands_elsewhere_are_links() -> None:
    text = "See [the form][f].\n\n" + "Words.\n\n" * 10 + "[f]: https://x.example/form"
    part = SourcePart(text[:20], 0, 18, definitions=definitions(text))
    soup = assert_tame(shown_part(part, "text/markdown").html)
    assert [one["href"] for one in soup.find_all("a")] == ["https://x.example/form"]
    assert lit_words(soup) == "See the form."
