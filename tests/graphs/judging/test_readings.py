"""A question that may mean several things is answered for each, under its name, never for one at random."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document

from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.judging.readings import find_readings
from graphs.state import EvidencePassage
from tests.support.graph_parts import Shelf, ask, first_sentence

pytestmark = pytest.mark.anyio


def passage(title: str, text: str, *headings: str) -> EvidencePassage:
    return EvidencePassage(
        doc_id=title,
        version="v",
        start=0,
        end=len(text),
        text=text,
        title=title,
        uri="",
        headings=list(headings),
        page=None,
        scores={},
    )


def cited(of: EvidencePassage) -> dict[str, object]:
    return {**of, "quote": of["text"], "number": 1}


def names(question: str, mine: EvidencePassage, *others: EvidencePassage) -> list[tuple[str, str]]:
    return [one.names for one in find_readings(question, [cited(mine)], [mine, *others])]


GATEWAY = passage("Heron gateway manual", "It has a warranty of 36 months from delivery.")
SENSOR = passage("Wren sensor manual", "It has a warranty of 24 months from delivery.")


def test_two_products_with_two_values_are_two_readings() -> None:
    assert names("How long is the warranty?", GATEWAY, SENSOR) == [
        ("Heron gateway manual", "Wren sensor manual")
    ]


@pytest.mark.parametrize("question", ["How long is the warranty of a Wren?", "Do Heron and Wren differ?"])
def test_a_question_that_names_one_or_both_means_what_it_names(question: str) -> None:
    assert names(question, GATEWAY, SENSOR) == []


def test_headings_of_one_document_tell_two_things_apart() -> None:
    belgium = passage("Handbook", "Every parent has 18 weeks of parental leave.", "Leave", "Belgium")
    estonia = passage("Handbook", "Every parent has 14 weeks of parental leave.", "Leave", "Estonia")
    assert names("How long is parental leave?", belgium, estonia) == [("Belgium", "Estonia")]


def test_names_in_the_sentences_tell_two_things_apart() -> None:
    plus = passage("Plans", "The Plus plan has a deductible of 1,500 EUR a year.")
    basic = passage("Plans", "The Basic plan has a deductible of 2,000 EUR a year.")
    assert names("What is the deductible?", plus, basic) == [("Plus", "Basic")]
    assert names("What is the deductible of the Basic plan?", basic, plus) == []


def test_the_same_value_and_another_statement_are_no_readings() -> None:
    same = passage("Wren sensor manual", "It has a warranty of 36 months from delivery.")
    other = passage("Wren sensor manual", "It has a battery of 24 months.")
    assert names("How long is the warranty?", GATEWAY, same, other) == []


def test_editions_of_one_document_are_for_the_conflicts() -> None:
    old, new = (
        passage(f"Heron manual {edition}", f"It has a warranty of {months} months.")
        for edition, months in (("2.4", 24), ("2.5", 36))
    )
    assert names("How long is the warranty?", old, new) == []


async def test_the_answer_shows_both_and_says_that_a_name_would_help() -> None:
    shelf = Shelf(
        passages=[
            Document(one["text"], metadata={"doc_id": one["doc_id"], "title": one["title"]})
            for one in (GATEWAY, SENSOR)
        ]
    )
    graph = build_answer_graph(retriever=shelf, extractor=first_sentence())
    answer: Answer = await ask(graph, "How long is the warranty?")
    assert [one.title for one in answer.excerpts] == ["Heron gateway manual", "Wren sensor manual"]
    assert answer.notices == [
        "This is said of several (36 months and 24 months): [1] (Heron gateway manual), "
        "[2] (Wren sensor manual). Name the one you mean to have its answer alone."
    ]
