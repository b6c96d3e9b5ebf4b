"""A computed number in an answer: worked out from what the documents say, cited with what went into it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pytest

from app.testing.openai_server import Reply, Script, ScriptedModel, give_answer
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.judging.stated_inputs import read_stated
from graphs.state import AskContext
from tests.support.graph_parts import Corpus, ask, chat, passage, path, version_of
from tools.compute import make_compute

pytestmark = pytest.mark.anyio

Scripted = Callable[[Script], ScriptedModel]

FEES = "# Fees\n\nThe fee of a ticket is 40 EUR. Dogs travel free.\n\n"
BOOKING = "# Booking\n\nThe fee of a booking is 80 EUR.\n"
QUESTION = "What is the fee of a ticket and a booking together?"
STORED = {("fees", version_of(FEES)): FEES, ("booking", version_of(BOOKING)): BOOKING}
TICKET = {"name": "a", "value": "40 EUR", "passage": 1}
DESK = {"name": "b", "value": "80 EUR", "passage": 2}
SUM: dict[str, Any] = {"formula": "a + b", "inputs": [TICKET, DESK]}


def compute(**changes: Any) -> Reply:
    return Reply(tool="compute", arguments={**SUM, **changes})


async def answered(server: ScriptedModel, question: str = QUESTION, **parts: Any) -> Answer:
    shelf = Corpus(passages=[passage(FEES, FEES, doc_id="fees"), passage(BOOKING, BOOKING, doc_id="booking")])
    graph = build_answer_graph(
        retriever=shelf,
        model=chat(server),
        tools=[make_compute(read_stated)],
        stored_text=lambda doc_id, version: STORED.get((doc_id, version)),
        **parts,
    )
    return await ask(graph, question, context=AskContext())


async def test_a_sum_is_verified_and_cites_its_inputs_and_its_formula(scripted: Scripted) -> None:
    server = scripted([compute(), give_answer(("Together that is 120 EUR.", [3], []))])
    answer = await answered(server)
    assert path(answer)[4:7] == ["generate", "compute", "generate"]
    (claim,) = answer.claims
    assert (claim.verdict, claim.citations) == ("verified", [1, 2, 3])
    said, ticket, booking = answer.citations
    assert said.doc_id.startswith("tool:compute:")
    assert said.title == "Calculation"
    assert said.quote == "Together, in total, the sum is 120 EUR: 40 EUR + 80 EUR = 120 EUR."
    assert (ticket.doc_id, ticket.quote) == ("fees", "The fee of a ticket is 40 EUR.")
    assert (booking.doc_id, booking.quote) == ("booking", "The fee of a booking is 80 EUR.")
    assert FEES[ticket.start : ticket.end] == ticket.quote
    assert answer.disagreements == []


@pytest.mark.parametrize(
    "sentence",
    ["Together that is 130 EUR.", "The fee of a booking is 120 EUR.", "Ann stole 120 EUR."],
)
async def test_a_sentence_that_the_calculation_does_not_bear_out_is_withheld(
    sentence: str, scripted: Scripted
) -> None:
    server = scripted([compute(), give_answer((sentence, [3], []))])
    answer = await answered(server, second_reader=False)
    assert sentence not in answer.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"inputs": [TICKET, {**DESK, "value": "90 EUR"}]}, "input b is not in"),
        ({"inputs": [TICKET, {**DESK, "passage": 9}]}, "passage 9"),
        ({"formula": "a * 1.19"}, "1.19 is no input"),
        ({"formula": "a + c"}, "'c' is none of the inputs"),
        ({"formula": "a.__class__"}, "nothing else"),
    ],
)
async def test_what_is_in_no_document_is_not_worked_out_and_the_model_told_why(
    changes: dict[str, Any], why: str, scripted: Scripted
) -> None:
    server = scripted([compute(**changes), give_answer(("The fee of a ticket is 40 EUR.", [1], []))])
    answer = await answered(server)
    (entry,) = answer.receipt["tools"]
    assert entry["failed"] == "FormulaError"
    assert why in server.prompt(1)
    assert "[3]" not in server.prompt(1)
    assert answer.status == "answered"


async def test_numbers_of_the_question_count_and_a_second_calculation_rests_on_the_first(
    scripted: Scripted,
) -> None:
    again = compute(
        formula="t * n",
        inputs=[
            {"name": "t", "value": "120 EUR", "passage": 3},
            {"name": "n", "value": "3", "passage": 0},
        ],
    )
    server = scripted([compute(), again, give_answer(("In total that is 360 EUR.", [4], []))])
    answer = await answered(server, "What is the fee of a ticket and a booking for 3 people?")
    (released,) = answer.claims
    assert released.verdict == "verified", released.checks
    assert "120 EUR * 3 = 360 EUR" in answer.citations[0].quote
    assert {one.doc_id for one in answer.citations if not one.doc_id.startswith("tool:")} == {
        "fees",
        "booking",
    }


async def test_a_calculation_is_not_said_when_an_input_may_not_be_read_any_more(scripted: Scripted) -> None:
    asked: list[int] = []

    def may_read(keys: Collection[tuple[str, str]], groups: Sequence[str]) -> Mapping[tuple[str, str], bool]:
        asked.append(len(keys))
        return {key: key[0] != "booking" for key in keys if key in STORED}

    server = scripted([compute(), give_answer(("Together that is 120 EUR.", [3], []))])
    answer = await answered(server, may_read=may_read, second_reader=False)
    assert asked
    assert "120" not in answer.text
    assert not any(one.doc_id == "booking" for one in answer.citations)


async def test_a_document_that_names_inputs_of_its_own_is_cited_alone(scripted: Scripted) -> None:
    place = {"doc_id": "booking", "version": version_of(BOOKING), "start": 0, "end": 9}
    lying = passage(FEES, FEES, doc_id="fees")
    lying.metadata["metadata"] = {"rests_on": [place]}
    shelf = Corpus(passages=[lying, passage(BOOKING, BOOKING, doc_id="booking")])
    server = scripted([give_answer(("The fee of a ticket is 40 EUR.", [1], []))])
    graph = build_answer_graph(retriever=shelf, model=chat(server), stored_text=lambda *key: STORED.get(key))
    answer = await ask(graph, QUESTION)
    assert [one.doc_id for one in answer.citations] == ["fees"]
