"""What is shown around cited words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.text.blocks import block_at, definition_at
from graphs.text.excerpts import ROOM, excerpt_around

MANUAL = """# Settings

Intro of the page. It has two sentences.

`cache_size` (`integer`)
:   How much is kept. It is measured in
    blocks. The default is `128MB`.

    On some systems it is more:

    - Linux: `256MB`
    - others: less

`cache_time` (`integer`)
:   How long it is kept. The default is one
    minute (`1min`).

To set it:

```sh
set cache_size 1

reload
```

| Plan | Price |
| --- | --- |
| Team | 49 EUR |
| Firm | 99 EUR |

Ask in writing:

1. Fill in the form.
2. Sign it.

   Twice, where it is for two.
3. Send it.

The end.
"""


def shown(words: str, text: str = MANUAL, room: int = ROOM) -> str:
    at = text.index(words)
    found = excerpt_around(text, at, at + len(words), room)
    return text[found.start : found.end]


def test_a_definition_is_shown_with_its_term_and_nothing_of_the_next() -> None:
    said = shown("The default is `128MB`.")
    assert said.startswith("`cache_size`")
    assert said.endswith("- others: less")
    assert shown("The default is one").startswith("`cache_time`")


def test_a_long_definition_is_cut_at_sentences_and_names_its_term() -> None:
    at = MANUAL.index("The default is `128MB`.")
    found = excerpt_around(MANUAL, at, at + 23, room=40)
    assert MANUAL[found.start : found.end] == "The default is `128MB`."
    assert MANUAL[slice(*found.lead)] == "`cache_size` (`integer`)"
    assert found.left_out == 2
    assert found.kind == "definition"


def test_code_keeps_its_lines_and_what_introduces_it() -> None:
    assert shown("set cache_size 1").splitlines() == [
        "To set it:", "", "```sh", "set cache_size 1", "", "reload",
    ]  # fmt: skip
    assert shown("To set it:") == shown("set cache_size 1")


def test_rows_are_shown_under_their_header() -> None:
    assert shown("| Firm | 99 EUR |").startswith("| Plan | Price |")
    at = MANUAL.index("| Firm | 99 EUR |")
    found = excerpt_around(MANUAL, at, at + 17, room=20)
    assert MANUAL[found.start : found.end] == "| Firm | 99 EUR |"
    assert MANUAL[slice(*found.lead)] == "| Plan | Price |"
    assert found.left_out == 2


def test_a_list_is_whole_with_its_introduction_or_says_what_is_missing() -> None:
    assert shown("Sign it.").startswith("Ask in writing:")
    assert shown("Sign it.").endswith("3. Send it.")
    at = MANUAL.index("Sign it.")
    found = excerpt_around(MANUAL, at, at + 8, room=30)
    assert MANUAL[found.start : found.end] == "2. Sign it."
    assert found.left_out > 0


def test_a_paragraph_stands_alone() -> None:
    assert shown("It has two sentences.") == "Intro of the page. It has two sentences."
    assert shown("The end.") == "The end."


@pytest.mark.parametrize("room", [0, 60, ROOM])
def test_cited_words_are_always_inside(room: int) -> None:
    for start in range(0, len(MANUAL) - 30, 7):
        found = excerpt_around(MANUAL, start, start + 30, room)
        assert 0 <= found.start <= start
        assert start + 30 <= found.end <= len(MANUAL)


KINDS = "a word;  more. And;term;:   means this.;    indented;;- item;  - in;```;# Head;| a |;x:;k\tv;1. one"
LINES = st.sampled_from(KINDS.split(";"))


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=25), st.data())
def test_any_place_of_any_text_has_an_excerpt(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    start = data.draw(st.integers(0, max(len(text) - 1, 0)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    found = excerpt_around(text, start, end, room=40)
    assert 0 <= found.start <= start <= end <= found.end <= len(text)
    assert found.left_out >= 0
    assert 0 <= found.lead[0] <= found.lead[1] <= max(found.start, 0)
    block = block_at(text, start)
    assert 0 <= block.start <= block.end <= len(text)
    definition = definition_at(text, start)
    assert definition is None or definition.start < definition.end <= len(text)
