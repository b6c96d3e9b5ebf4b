"""Finding by words, whatever a question is made of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.registry import Registry
from app.ingestion.schema import open_engine
from app.retrieval.lexical_index import LexicalIndex, match_expression
from app.retrieval.scope import make_scope
from tests.support.index import new_document

EVERYONE = make_scope()
TEXTS = {
    "battery": "The battery of the sensor lasts for two years and is charged by the sun.",
    "C++": "NOT a number: NEAR zero, the C++ function returns -1 OR 'x' AND stops*.",
    "tokyo": "東京の事務所は三階にあります。 Das Büro in Köln öffnet um 9 Uhr. Офис закрыт.",
    "cafe": "The cafe\u0301 serves cre\u0300me.",
    "stop": "What is it that you will have been?",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalIndex]:
    engine = open_engine(tmp_path_factory.mktemp("lexical") / "registry.sqlite")
    registry = Registry(engine, lambda: "2026")
    for name, text in TEXTS.items():
        registry.replace(new_document(f"file:///{name}.md", f"# {name}\n\n{text}"))
    yield LexicalIndex(engine)
    engine.dispose()


def first(index: LexicalIndex, question: str) -> str | None:
    hits = index.search(question, 10, EVERYONE)
    assert [hit.bm25 for hit in hits] == sorted((hit.bm25 for hit in hits), reverse=True)
    return hits[0].passage_id.rpartition("-")[0].rpartition("-")[0] if hits else None


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
        ("near NOT number", "c"),
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
def test_every_text_is_a_valid_query(text: str) -> None:
    expression = match_expression(text)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='porter unicode61')")
    if expression:
        connection.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()
    connection.close()
    assert expression == "" or expression.startswith('"')


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    assert match_expression("What is the warranty of it?") == '"warranty"'
    assert match_expression("What is it?") == '"what" OR "is" OR "it"'


def test_at_most_as_many_as_asked_for(index: LexicalIndex) -> None:
    assert len(index.search("the of is", 2, EVERYONE)) == 2


def test_words_of_the_heading_find_the_passage_too(index: LexicalIndex) -> None:
    assert first(index, "tokyo") == "tokyo"


def test_document_frequency_counts_passages_by_stem(index: LexicalIndex) -> None:
    total = len(TEXTS)
    assert index.document_frequency("Batteries") == (1, total)
    assert index.document_frequency("nowhere") == (0, total)
    assert index.document_frequency('"*') == (0, total)
    assert index.document_frequency("") == (0, total)


def test_removed_and_replaced_words_find_nothing(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "registry.sqlite")
    registry, index = Registry(engine, lambda: "2026"), LexicalIndex(engine)
    registry.replace(new_document("file:///a.md", "The parrot sleeps."))
    registry.replace(new_document("file:///a.md", "The tortoise sleeps."))
    assert not index.search("parrot", 5, EVERYONE)
    assert index.search("tortoise", 5, EVERYONE)
    registry.remove(registry.documents()[0].doc_id)
    assert not index.search("tortoise sleeps", 5, EVERYONE)
    engine.dispose()
