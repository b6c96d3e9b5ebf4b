"""Packed places: whatever is packed comes back, and no more than was asked for."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from app.registry.page_layout import LINES, PlacedLine, pack, rectangles

WORDS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(-50, 400), st.integers(0, 300)), min_size=1, max_size=6
)
Word = tuple[int, int, int, float, float, float, float]
"""Start, end, page, left, low, right, high."""


@st.composite
def placed(
    draw: st.DrawFn,
) -> tuple[list[PlacedLine], list[Word]]:
    """Lines, and each of their words."""
    offset, found, words = draw(st.integers(0, 5)), [], []
    for _ in range(draw(st.integers(0, 5))):
        page = draw(st.integers(0, 3))
        low = draw(st.integers(-100, 8000)) / 10
        high = low + draw(st.integers(0, 300)) / 10
        marks, at = array("i"), 0
        for length, left, width in draw(WORDS):
            marks.extend((at, left, left + width))
            words.append(
                (offset + at, offset + at + length, page + 1, left / 10, low, (left + width) / 10, high)
            )
            at += length + 1
        found.append(PlacedLine(offset, page, low, high, marks))
        offset += at - 1 + draw(st.integers(0, 2))
    return found, words


@given(placed(), st.data())
def test_a_range_has_the_rectangles_of_the_words_it_touches(
    made: tuple[list[PlacedLine], list[Word]], data: st.DataObject
) -> None:
    found, words = made
    packed = pack(found)
    assert (packed == b"") == (not found)
    if not words:
        assert rectangles(packed, 0, 100) == []
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    got = rectangles(packed, words[first][0], words[last][1])
    wanted = words[first : last + 1]
    for _, _, page, left, low, right, high in wanted:
        assert any(
            page == one[0]
            and one[1] <= left
            and one[2] <= low + 0.001
            and one[3] >= right
            and one[4] >= high - 0.001
            for one in got
        )
    assert min(one[1] for one in got) == min(word[3] for word in wanted)
    assert max(one[3] for one in got) == max(word[5] for word in wanted)
    assert rectangles(packed, words[0][0], words[0][0]) == []


def test_white_space_at_the_ends_of_a_range_takes_no_word_along() -> None:
    line = PlacedLine(0, 0, 0, 9, [0, 0, 30, 4, 40, 90, 10, 100, 120])  # Ask first, who
    next_line = PlacedLine(14, 0, 20, 29, [0, 0, 30])

    def edges(start: int, end: int) -> list[tuple[float, float]]:
        return [(one[1], one[3]) for one in rectangles(pack([line, next_line]), start, end)]

    assert edges(0, 4) == [(0, 3)]
    assert edges(3, 9) == [(4, 9)]
    assert edges(3, 10) == [(4, 9)]
    assert edges(3, 4) == []
    assert edges(4, 14) == [(4, 12)]
    assert edges(14, 17) == [(0, 3)]


def test_long_documents_are_read_in_parts() -> None:
    many = [PlacedLine(n * 10, n // 50, n, n + 9, [0, n, n + 5]) for n in range(LINES * 3 + 7)]
    packed = pack(many)
    for number in (0, LINES - 1, LINES, 3 * LINES + 6):
        (one,) = rectangles(packed, number * 10, number * 10 + 9)
        assert one == (number // 50 + 1, number / 10, number, (number + 5) / 10, number + 9)
    assert len(rectangles(packed, (LINES - 2) * 10, (LINES + 2) * 10)) == 4
