from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphs.text.sentences import MAX_UNIT, units

PIECES = st.sampled_from(
    [
        "The plan costs 49 EUR.",
        "See No. 7 for more!",
        "# Heading\n",
        "- an item\n",
        "12. twelfth\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "```\ncode here\n```\n",
        "```",
        "Plan: Team; Price: 49 EUR\n",
        "left\tright\n",
        "\n\n",
        "\n",
        " ",
        "\u2028",
        "\x0c",
        "Größe ist 3 m. Ändern!",
        "第一章。第二章",
        "x" * 450,
        "word " * 120,
        '"Quoted." Next',
        "● a bullet\n",
        "✓ done\n- [ ] open\n",
        "Договор. Да, т. е. нет. ",
        "यह है। वह है। ",
        "١. بند؟ نعم۔ ",
        "漢字" * 300,
        "ก็" * 300,
        "— said he\n",
        "① one\n(a) two\n",
    ]
)
SIGNS = st.text(
    ".!?…。।؟۔;: \n\t\"'»«()[]*_`~#|=+—–-●✓☐①•1٣aAzЯאあ漢ก\u0301\ufe0f\uf0b7\u2028\x1c", max_size=80
)
TEXTS = st.one_of(st.text(max_size=200), SIGNS, st.lists(PIECES, max_size=12).map("".join))
NOT_CITED = re.compile(
    r"(?:\W\ufe0e?|\d{1,3}[.)．）、]|[a-z][.)]|[ivx]{1,6}[.)])(?=\s|\w)"  # a list's marker
    r"|(?:`{3}|~{3}).*|[\s|:+=-]{3,}|\|[\s|:+=-]*"  # a fence, a rule
)


@given(TEXTS)
def test_units_are_in_order_and_do_not_overlap(text: str) -> None:
    found = units(text)
    assert all(0 <= unit.start < unit.end <= len(text) for unit in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(TEXTS)
@example("a\x1c\x1db\u2029 c\x85")
def test_units_have_no_outer_white_space(text: str) -> None:
    for unit in units(text):
        assert unit.of(text) == unit.of(text).strip() != ""


@given(TEXTS)
def test_prose_is_never_longer_than_can_be_cited(text: str) -> None:
    for unit in units(text):
        assert unit.kind in ("row", "heading") or unit.end - unit.start <= MAX_UNIT


@given(st.lists(st.sampled_from(["word ", "слово, ", "字", "字，", "ก็", "x; ", "line\n", "é"]), min_size=300))
def test_what_is_too_long_is_cut_past_its_middle(pieces: list[str]) -> None:
    found = units("".join(pieces))
    assert all(unit.end - unit.start >= MAX_UNIT // 2 - 2 for unit in found[:-1])
    assert all(unicodedata.category(unit.of("".join(pieces))[0]) != "Mn" for unit in found)


@given(TEXTS)
@example("- • \uf0b7")
@example("```\n")
def test_nothing_is_lost_but_markers_fences_and_rules(text: str) -> None:
    covered = [False] * len(text)
    for unit in units(text):
        covered[unit.start : unit.end] = [True] * (unit.end - unit.start)
    position = 0
    for line in text.splitlines(keepends=True):
        inside = covered[position : position + len(line)]
        lost = "".join(" " if taken else char for char, taken in zip(line, inside, strict=True)).strip()
        if lost:
            # Only ever before the line's text, never out of its middle.
            assert NOT_CITED.match(line.strip()), (line, lost)
            assert line.strip().startswith(lost), (line, lost)
        position += len(line)


@given(
    st.lists(st.sampled_from("Alpha beta gamma delta 12 days (or 3.5) cost".split()), min_size=1, max_size=60)
)
def test_every_word_of_prose_is_in_a_unit(words: list[str]) -> None:
    text = "The " + " ".join(words) + "."
    covered = "".join(unit.of(text) for unit in units(text))
    assert "".join(covered.split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["It costs 5 EUR.", "Who pays?", "Nobody does!", "He left."]), max_size=8))
def test_sentences_joined_by_blanks_come_apart_again(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [unit.of(text) for unit in units(text)] == sentences


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# Title\nText here.", ["heading", "sentence"]),
        ("- one\n- two", ["item", "item"]),
        ("1. one\n2) two\na) three", ["item", "item", "item"]),
        ("| a | b |\n| --- | --- |\n| 1 | 2 |", ["row", "row"]),
        ("Plan: Team; Price: 49 EUR", ["row"]),
        ("before\n```py\nx = 1. Y\n```\nafter", ["sentence", "code", "sentence"]),
        ("~~~\nnever closed", ["code"]),
        ("first line\nsecond line.", ["sentence"]),
        ("---", []),
        ("", []),
    ],
)
def test_what_is_cited_on_its_own(text: str, kinds: list[str]) -> None:
    assert [unit.kind for unit in units(text)] == kinds


@pytest.mark.parametrize(
    "sentence",
    [
        "See Fig. 3 and No. 7 of the list.",
        "Dr. Meyer and J. Smith signed it.",
        "It takes 3.5 days at most.",
        "Use e.g. Chroma for it.",
        "It was sold on Jan. 3 for 5 EUR.",
    ],
)
def test_a_full_stop_that_ends_no_sentence_does_not_cut(sentence: str) -> None:
    assert [unit.of(sentence) for unit in units(sentence)] == [sentence]
