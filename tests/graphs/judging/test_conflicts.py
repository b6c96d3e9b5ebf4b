from __future__ import annotations

from collections.abc import Callable

import pytest
from langchain_core.documents import Document

from app.testing.openai_server import Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from tests.support.graph_parts import Shelf, ask, chat

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

OLD = "Customers may return a gateway within 30 days of delivery."
NEW = "Customers may return a gateway within 45 days of delivery."


def document(name: str, text: str, **metadata: str) -> Document:
    return Document(text, metadata={"doc_id": name, "title": name.capitalize(), "metadata": metadata})


async def answered(scripted: Scripted, says: str, *documents: Document) -> Answer:
    server = scripted([give_answer((says, [1], []))])
    graph = build_answer_graph(retriever=Shelf(passages=list(documents)), model=chat(server))
    return await ask(graph, "How long may a gateway be returned?")


async def test_a_newer_document_that_says_otherwise_is_cited_first(scripted: Scripted) -> None:
    answer = await answered(
        scripted, OLD, document("old", OLD, date="2024-02-01"), document("new", NEW, date="2026-02-01")
    )
    (found,) = answer.disagreements
    by_number = {citation.number: citation for citation in answer.citations}
    assert [by_number[number].quote for number in found.citations] == [NEW, OLD]
    assert found.why == "30 days and 45 days"
    assert answer.notices == [
        "Sources differ (30 days and 45 days): [2] (New), which is newer or current, then [1] (Old)."
    ]
    assert answer.claims[0].citations == [1]


async def test_one_that_calls_itself_superseded_comes_last_whatever_its_date(scripted: Scripted) -> None:
    answer = await answered(
        scripted,
        OLD,
        document("one", OLD, date="2024-02-01"),
        document("two", NEW, date="2026-02-01", status="superseded"),
    )
    assert answer.disagreements[0].citations == [1, 2]


@pytest.mark.parametrize(
    "other",
    [
        OLD,
        "Customers may return a gateway within a month of delivery.",
        "Employees may book a room within 45 days of the event.",
        "Customers may return a gateway within 45 days of delivery at 12 EUR each.",
        "Customers may return 12 gateways within 45 days of delivery.",
    ],
)
async def test_what_speaks_of_something_else_is_no_disagreement(other: str, scripted: Scripted) -> None:
    answer = await answered(scripted, OLD, document("one", OLD), document("two", other))
    assert answer.status == "answered"
    assert answer.disagreements == []


async def test_a_denial_is_a_disagreement(scripted: Scripted) -> None:
    denied = OLD.replace("may return", "may not return")
    answer = await answered(scripted, OLD, document("one", OLD), document("two", denied))
    assert answer.disagreements[0].why == "one of them denies it"


async def test_rows_of_two_tables_differ_where_their_labels_are_the_same(scripted: Scripted) -> None:
    mine = "| Year | Ducks | Geese |\n| --- | --- | --- |\n| 2022 | 170 | 130 |\n"
    theirs = "| Year | Ducks | Swans |\n| --- | --- | --- |\n| 2022 | 175 | 9 |\n| 2024 | 180 | 130 |\n"
    answer = await answered(
        scripted,
        "Year: 2022; Ducks: 170; Geese: 130",
        document("counted ducks", mine),
        document("ducks seen", theirs),
    )
    assert [found.why for found in answer.disagreements] == ["170 and 175"]
