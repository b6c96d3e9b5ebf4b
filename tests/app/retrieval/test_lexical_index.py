"""Finding by words, whatever a question is made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.scope import make_scope, scope_terms

EVERYONE = make_scope()
TEXTS = {
    "battery": "The battery of the sensor lasts for two years and is charged by the sun.",
    "C++": "NOT a number: NEAR zero, the C++ function returns -1 OR 'x' AND stops*.",
    "tokyo": "東京の事務所は三階にあります。 Das Büro in Köln öffnet um 9 Uhr. Офис закрыт.",
    "cafe": "The cafe\u0301 serves cre\u0300me.",
    "stop": "What is it that you will have been?",
}


OPEN = scope_terms(["everyone"], {})


def put(index: LexicalIndex, **texts: str) -> None:
    index.add(list(texts), list(texts.values()), [OPEN] * len(texts))
    index.end_writing()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    put(index, **{name: f"{name}\n{text}" for name, text in TEXTS.items()})
    return index


def first(index: LexicalIndex, question: str) -> str | None:
    hits = index.search(question, 10, EVERYONE)
    assert [hit.bm25 for hit in hits] == sorted((hit.bm25 for hit in hits), reverse=True)
    return hits[0].passage_id if hits else None


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How long does a battery last?", "battery"),
        ("BATTERIES", "battery"),
        ("who charges sensors", "battery"),
        ('the "battery" AND (NOT "sun")', "battery"),
        ("battery* NEAR(sun, 2)", "battery"),
        ("text:battery", "battery"),
        ("^battery -sun + {a b}:c", "battery"),
        ("battery_of_the_sensor", "battery"),
        ('batt"ery battery""', "battery"),
        ("near NOT number", "C++"),
        ("東京の事務所は三階にあります", "tokyo"),
        ("Wann öffnet das Büro in KÖLN?", "tokyo"),
        ("офис", "tokyo"),
        ("café", "cafe"),
        ("what will you have been", "stop"),
        ("battery " + "filler " * 1400, "battery"),
        (" ".join(f"word{number}" for number in range(5000)), None),
        ("", None),
        ("?!… \n\t", None),
        ('"" * ( ) :', None),
        ("☕🎉", None),
    ],
)
def test_the_passage_with_the_words_comes_first(
    index: LexicalIndex, question: str, found: str | None
) -> None:
    assert first(index, question) == found


@given(st.text(max_size=80))
def test_every_text_can_be_asked(index: LexicalIndex, text: str) -> None:
    hits = index.search(text, 3, EVERYONE)
    assert all(hit.bm25 > 0 for hit in hits)


def test_stop_words_count_only_where_there_is_nothing_else(index: LexicalIndex) -> None:
    assert index.query_terms("What is the warranty of it?") == ["warranti"]
    assert index.query_terms("What is it?") == ["what", "is", "it"]


def test_at_most_as_many_as_asked_for(index: LexicalIndex) -> None:
    assert len(index.search("the of is", 2, EVERYONE)) == 2


def test_words_of_the_heading_find_the_passage_too(index: LexicalIndex) -> None:
    assert first(index, "tokyo") == "tokyo"


def test_document_frequency_counts_passages_by_stem(index: LexicalIndex) -> None:
    total = len(TEXTS)
    held = {"Batteries": 1, "nowhere": 0, '"*': 0, "": 0}
    assert index.document_frequencies(list(held)) == (held, total)
    assert index.document_frequencies([]) == ({}, total)


def test_removed_and_replaced_words_find_nothing(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    put(index, a="The parrot sleeps.")
    put(index, a="The tortoise sleeps.")
    assert not index.search("parrot", 5, EVERYONE)
    assert index.search("tortoise", 5, EVERYONE)
    assert index.count() == 1
    index.delete(["a", "never there"])
    index.end_writing()
    assert not index.search("tortoise sleeps", 5, EVERYONE)
    assert index.count() == 0


def test_an_open_reader_sees_what_another_wrote(tmp_path: Path) -> None:
    reader, writer = LexicalIndex(tmp_path), LexicalIndex(tmp_path)
    assert reader.search("parrot", 5, EVERYONE) == []
    assert reader.document_frequencies(["parrot"]) == ({"parrot": 0}, 0)
    for number in range(3):
        put(writer, **{f"p{number}": "The parrot sleeps."})
        assert len(reader.search("parrot", 5, EVERYONE)) == number + 1
    assert reader.document_frequencies(["parrots"]) == ({"parrots": 3}, 3)


def test_words_that_stand_together_as_asked_come_first(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    put(
        index,
        apart="\nRevenue fell and what remained net of tax was less than income of the year before.",
        together="\nIncome of the year before fell and net revenue was less, of what remained before tax.",
        other="\nNothing of the kind.",
    )
    found = {hit.passage_id: hit.bm25 for hit in index.search("What was net revenue?", 5, EVERYONE)}
    assert set(found) == {"apart", "together"}
    assert found["together"] > found["apart"]


def test_a_word_in_the_heading_counts_more_than_one_in_the_text(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    put(
        index,
        text="Travel and rest\nOn leave you need not ask first.",
        heading="Leave and rest\nOn travel you need not ask first.",
        other="Kitchen\nThe kitchen closes at nine and opens again at six.",
        more="Parking\nCars are parked behind the house, never before it.",
    )
    assert [hit.passage_id for hit in index.search("leave", 5, EVERYONE)] == ["heading", "text"]
