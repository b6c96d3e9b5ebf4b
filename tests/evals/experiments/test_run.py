"""Running questions through the application and measuring them."""

from __future__ import annotations

import socket
from collections import Counter
from typing import Any

import pytest

from evals.datasets.suite import Suite
from evals.experiments.grade import gold_spans
from evals.experiments.opened_suite import Opened
from evals.experiments.run import run_questions
from evals.experiments.runfile import Item
from evals.gates.faults import access_forgotten, evidence_of_one, offsets_off_by_one
from evals.langsmith_examples import offline_examples


def some(suite: Suite, *names: str) -> Suite:
    return suite.model_copy(update={"questions": [q for q in suite.questions if q.id in names]})


def ask(suite: Suite, opened: Opened, stage: Any = "answer", **more: Any) -> dict[str, Item]:
    items = run_questions(suite, opened, stage=stage, judges={}, examples=offline_examples(suite), **more)
    assert [item.id for item in items] == [question.id for question in suite.questions]
    return {item.id: item for item in items}


FEW = ("single-15", "number-01", "several-02", "follow-up-05", "filter-08", "unanswerable-05")


@pytest.fixture(scope="module")
def asked(isbrook: Suite, opened: Opened) -> dict[str, Item]:
    return ask(some(isbrook, *FEW), opened)


def test_an_item_keeps_what_was_said_and_what_it_rests_on(asked: dict[str, Item]) -> None:
    item = asked["single-15"]
    assert (item.status, item.mode, item.error, item.lost) == ("answered", "extractive", None, "cited")
    assert "30 September 2026" in item.text
    assert item.metrics["nugget_recall"] == item.metrics["date_recall"] == item.metrics["correct"] == 1
    assert all(citation["valid"] and citation["known"] for citation in item.citations)
    assert any("30 September 2026" in (passage.text or "") for passage in item.evidence)
    assert {"guard", "retrieve", "rerank", "generate", "cite", "release"} <= item.steps_ms.keys()
    assert sum(item.steps_ms.values()) <= item.latency_ms
    assert item.cost_usd == 0
    assert item.score is not None
    assert item.needed is not None
    assert item.score >= item.needed


def test_a_question_without_an_answer_has_no_gold_to_lose(asked: dict[str, Item]) -> None:
    item = asked["unanswerable-05"]
    assert (item.status, item.lost) == ("abstained", "none")
    assert (item.metrics["abstained"], item.metrics["correct"]) == (1, 1)
    assert (
        item.metrics["evidence_recall"]
        is item.metrics["nugget_recall"]
        is item.metrics["citation_f1"]
        is None
    )
    assert item.ungated is False, "with the gate open it would have been answered, wrongly"


def test_only_members_get_what_only_members_may_read(asked: dict[str, Item]) -> None:
    assert asked["filter-08"].metrics["leaks"] == 0
    assert asked["filter-08"].metrics["evidence_recall"] == 1


def test_the_same_run_twice_is_the_same(asked: dict[str, Item], isbrook: Suite, opened: Opened) -> None:
    again = ask(some(isbrook, *FEW), opened, concurrency=3)
    assert {n: i.metrics for n, i in again.items()} == {n: i.metrics for n, i in asked.items()}
    assert [i.text for i in again.values()] == [i.text for i in asked.values()]


def test_a_forgotten_access_rule_is_seen(isbrook: Suite, opened: Opened) -> None:
    """Asked without the group, and asked as someone else: both are looked at."""
    with access_forgotten():
        found = ask(some(isbrook, "filter-08", "unanswerable-close-19", "number-18"), opened)
    assert found["filter-08"].metrics["leaks"], "members ask, but so does the probe without groups"
    assert sum(item.metrics["leaks"] or 0 for item in found.values()) >= 2


def test_a_citation_one_character_off_is_invalid(isbrook: Suite, opened: Opened) -> None:
    with offsets_off_by_one():
        found = ask(some(isbrook, "single-15"), opened, probes=False)
    assert found["single-15"].metrics["invalid_citations"] == len(found["single-15"].citations) > 0


def test_where_evidence_is_lost_is_told(isbrook: Suite, opened: Opened) -> None:
    names = [question.id for question in isbrook.questions if question.kind == "several"]
    with evidence_of_one():
        cut = ask(some(isbrook, *names), opened)
    assert Counter(item.lost for item in cut.values())["evidence"] >= 1
    whole = ask(some(isbrook, *names), opened)
    recalled = [sum(item.metrics["evidence_recall"] or 0 for item in run.values()) for run in (cut, whole)]
    assert recalled[0] < recalled[1]


def test_gold_below_the_cut_is_told_from_gold_not_found(isbrook: Suite, opened: Opened) -> None:
    """A retriever that keeps one passage loses gold that its legs have found."""
    retriever = opened.pincite.retriever
    before = retriever.top_k
    few = some(isbrook, *(f"several-{number:02}" for number in range(1, 8)), "single-34", "follow-up-15")
    try:
        retriever.top_k = 1
        found = ask(few, opened, "retrieve")
    finally:
        retriever.top_k = before
    assert all(len(item.retrieved) == 1 for item in found.values())
    assert {item.lost for item in found.values()} == {"retrieved", "cut"}


def test_the_retriever_alone_is_measured_without_answers(isbrook: Suite, opened: Opened) -> None:
    found = ask(some(isbrook, *FEW), opened, "retrieve")
    metrics = found["single-15"].metrics
    assert metrics["span_recall@20"] == 1
    assert metrics["nugget_recall"] is metrics["correct"] is metrics["evidence_recall"] is None
    assert found["unanswerable-05"].lost == "none"
    assert "follow-up-05" in found
    assert found["follow-up-05"].metrics["span_recall@20"] == 1, (
        "the turn before is part of what is looked for"
    )


def test_a_question_that_raises_costs_the_run_one_item(
    isbrook: Suite, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = type(opened.pincite).ask

    def ask_or_fail(self: Any, question: str, **more: Any) -> Any:
        if "buy a Heron G2" in question:
            raise ValueError("planted")
        return whole(self, question, **more)

    monkeypatch.setattr(type(opened.pincite), "ask", ask_or_fail)
    found = ask(some(isbrook, "single-15", "number-01"), opened, probes=False)
    assert found["single-15"].error == "ValueError: planted"
    assert (found["single-15"].status, found["single-15"].lost) == ("failed", "failed")
    assert found["single-15"].metrics["correct"] == found["single-15"].metrics["citation_f1"] == 0
    assert found["number-01"].error is None


@pytest.mark.parametrize("tracing", ["true", "false"])
def test_an_offline_run_opens_no_connection(
    isbrook: Suite, opened: Opened, monkeypatch: pytest.MonkeyPatch, tracing: str
) -> None:
    tried: list[object] = []

    def connect(_self: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setenv("LANGSMITH_TRACING", tracing)
    found = ask(some(isbrook, "single-15"), opened)
    assert found["single-15"].error is None
    assert tried == []


def test_gold_is_where_the_index_has_it(isbrook: Suite, opened: Opened) -> None:
    for question in isbrook.questions[:40]:
        for gold, span in zip(question.gold, gold_spans(question), strict=True):
            text = opened.pincite.registry.text(opened.names[gold.document], span.version)
            assert text is not None
            assert text[span.start : span.end] == gold.quote
