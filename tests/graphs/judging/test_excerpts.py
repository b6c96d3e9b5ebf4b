"""The excerpts that an answer without a model carries: exact, marked by its citations, fit to leave."""

from __future__ import annotations

import pytest
from langchain_core.runnables import RunnableLambda

from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import AnswerRequest, GuardResult
from graphs.state import DraftSentence
from tests.support.graph_parts import HANDBOOK, ask, corpus, stored_text

pytestmark = pytest.mark.anyio

WARRANTY = "The G2 gateway has a warranty of 24 months."
BATTERIES = "Its batteries are covered for 6 months."
REFUND = "The refund is paid within 14 days."


def quoting(*quotes: str) -> RunnableLambda[AnswerRequest, list[DraftSentence]]:
    """An extractor that says these sentences, each from the passage that has it."""

    def draft(request: AnswerRequest) -> list[DraftSentence]:
        found = []
        for quote in quotes:
            source = next(n for n, one in enumerate(request.evidence, 1) if quote in one["text"])
            found.append(DraftSentence(text=quote, sources=[source], quotes=[quote]))
        return found

    return RunnableLambda(draft)


async def answered(*quotes: str, stored: bool = True, **parts: object) -> Answer:
    text = {"stored_text": stored_text} if stored else {}
    graph = build_answer_graph(retriever=corpus(), extractor=quoting(*quotes), **text, **parts)  # type: ignore[arg-type]
    return await ask(graph, "Do returns and the warranty of batteries and the refund differ?")


@pytest.mark.parametrize("stored", [True, False])
async def test_an_excerpt_is_the_document_word_for_word_and_marks_what_is_cited(stored: bool) -> None:
    answer = await answered(WARRANTY, BATTERIES, REFUND, stored=stored)
    assert [one.text.split(".")[0] for one in answer.excerpts] == [
        "The G2 gateway has a warranty of 24 months",
        "Customers may return any device within 30 days of delivery",
    ]
    spans = {(one.number, one.start, one.end) for one in answer.citations}
    marked = set()
    for one in answer.excerpts:
        assert one.text == HANDBOOK[one.start : one.end]
        for mark in one.marks:
            assert one.start <= mark.start < mark.end <= one.end
            marked.add((mark.citation, mark.start, mark.end))
    assert marked == spans, "every citation is marked, at its own place"
    assert all(one.quote == HANDBOOK[one.start : one.end] for one in answer.citations)
    assert f"{WARRANTY} [1]" in answer.text


async def test_excerpts_are_streamed_after_the_sentences_and_before_the_answer() -> None:
    graph = build_answer_graph(
        retriever=corpus(), extractor=quoting(WARRANTY, REFUND), stored_text=stored_text
    )
    question = "Do the warranty and the refund differ?"
    events = [event async for event in graph.astream({"question": question}, stream_mode="custom")]
    told = [event["type"] for event in events if event["type"] != "step"]
    assert told == ["sentence", "sentence", "excerpt", "excerpt", "answer"]
    sent = [(event["number"], event["excerpt"]) for event in events if event["type"] == "excerpt"]
    assert sent == list(enumerate(events[-1]["answer"]["excerpts"], 1))


async def test_words_the_output_guard_withholds_are_in_no_excerpt() -> None:
    def no_days(text: str) -> GuardResult:
        return GuardResult("days", "deny" if "30 days" in text else "allow", text, ("no days",))

    answer = await answered(WARRANTY, REFUND, check_answer=no_days)
    assert [one.text for one in answer.excerpts] == [f"{WARRANTY} {BATTERIES}", REFUND]


async def test_a_model_writes_no_excerpts() -> None:
    assert Answer(status="answered", question="q", text="t", mode="model").excerpts == []
