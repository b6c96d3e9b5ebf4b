from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk

from graphs.drafting.marks import UNFINISHED, marked_numbers, without_marks
from graphs.drafting.read import read_draft
from graphs.drafting.stream import DraftReader

FORMS = [
    ("[2]", [2]),
    ("[2][3]", [2, 3]),
    ("[2] [3]", [2, 3]),
    ("[1, 3]", [1, 3]),
    ("[1-3]", [1, 2, 3]),
    ("[1–3]", [1, 2, 3]),
    ("[^2]", [2]),
    ("[ID:3]", [3]),
    ("[Source 2]", [2]),
    ("【2】", [2]),
    ("【2†handbook.md】", [2]),
    ("(source 2)", [2]),
    ("(sources: 2, 4)", [2, 4]),
]


@pytest.mark.parametrize(("mark", "numbers"), FORMS)
@pytest.mark.parametrize(
    "place", ["Returns are free {}. Keep the box [9].", "Returns are free. {} Keep the box [9]."]
)
def test_a_mark_in_any_form_belongs_to_its_sentence(mark: str, numbers: list[int], place: str) -> None:
    claims = read_draft(AIMessage(place.format(mark))).claims
    assert [(claim["text"], claim["sources"]) for claim in claims] == [
        ("Returns are free.", numbers),
        ("Keep the box.", [9]),
    ]


@pytest.mark.parametrize(("mark", "numbers"), FORMS)
def test_a_mark_that_comes_in_pieces_is_read_whole(mark: str, numbers: list[int]) -> None:
    reader = DraftReader()
    written = f"Returns are free. {mark} Keep the box and send it back to us."
    found = [claim for character in written for claim in reader.feed(AIMessageChunk(content=character))]
    assert [(claim["text"], claim["sources"]) for claim in found] == [("Returns are free.", numbers)]


@pytest.mark.parametrize(
    "text", ["Item (3) is new.", "In [brackets] it is.", "See a[b].", "It costs 5 (net)."]
)
def test_other_brackets_stay(text: str) -> None:
    assert without_marks(text) == text
    assert marked_numbers(text) == []


@given(st.sampled_from(FORMS), st.integers(1, 20))
def test_the_beginning_of_a_mark_may_become_one(form: tuple[str, list[int]], cut: int) -> None:
    mark, _ = form
    if cut < len(mark) and "]" not in mark[:cut]:
        assert UNFINISHED.search(f"Free {mark[:cut]}")
