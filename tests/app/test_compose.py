"""The application in a host's own program."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langgraph.graph import END, START, StateGraph

from app.compose import Pincite, open_pincite
from app.models.chat import ModelError
from app.registry.schema import IndexFormatError, open_engine
from app.settings import Settings
from graphs.state import AnswerState, AskContext

VOLTS = "How many volts does the Heron gateway need?"


def count_loops() -> int:
    return [one.name for one in threading.enumerate()].count("pincite-loop")


def test_every_quote_is_in_the_stored_text(pincite: Pincite) -> None:
    answer = pincite.ask(VOLTS)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    for citation in answer.citations:
        text = pincite.registry.text(citation.doc_id, citation.version)
        assert text is not None
        assert citation.quote == text[citation.start : citation.end]


def test_the_receipt_names_the_index_and_the_settings(pincite: Pincite) -> None:
    receipt = pincite.ask(VOLTS, context=AskContext(groups=["hr"], user="ann")).receipt
    assert receipt["index_generation"] == pincite.registry.generation()
    assert receipt["settings"] == pincite.settings.fingerprint()
    assert (receipt["user"], receipt["groups"], receipt["tenant"]) == ("ann", ["hr"], "default")


def test_threads_may_ask_at_the_same_time(pincite: Pincite) -> None:
    pincite.ask(VOLTS)
    loops = count_loops()
    questions = [VOLTS, "When does the cafe open?", "How much paid holiday is there?"] * 4
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(pincite.ask, questions))
    for question, answer in zip(questions, answers, strict=True):
        assert answer.question == question
        assert answer.text == pincite.ask(question).text
    assert count_loops() == loops


def test_events_come_in_order_and_the_answer_is_last(pincite: Pincite) -> None:
    async def collect() -> list[dict[str, object]]:
        return [event async for event in pincite.astream(VOLTS)]

    events = asyncio.run(collect())
    kinds = [event["type"] for event in events]
    assert kinds[-1] == "answer"
    assert kinds.count("answer") == 1
    assert "sentence" in kinds
    assert kinds[0] == "step"


def test_a_conversation_may_be_brought_along(pincite: Pincite) -> None:
    messages = [
        {"role": "user", "content": "Tell me about the cafe."},
        {"role": "assistant", "content": "It is on floor 3."},
    ]
    answer = pincite.ask(VOLTS, messages=messages)
    assert "12 volts" in answer.text
    assert answer.question == VOLTS


def test_the_graph_is_a_node_of_another_graph(pincite: Pincite) -> None:
    outer = StateGraph(AnswerState)
    outer.add_node("pincite", pincite.graph)
    outer.add_edge(START, "pincite")
    outer.add_edge("pincite", END)
    result = asyncio.run(outer.compile().ainvoke({"question": VOLTS}))
    assert "12 volts" in result["answer"]["text"]


def test_an_unknown_filter_value_is_a_failed_answer_that_says_which(pincite: Pincite) -> None:
    answer = pincite.ask(VOLTS, filters={"version": {"$ne": "x"}})
    assert answer.status == "failed"
    assert answer.problem is not None
    assert "'version'" in answer.problem.message


def test_a_model_that_cannot_be_set_up_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="PINCITE_MODEL=openai:gpt-4o-mini"):
        open_pincite(Settings(home=tmp_path, model="openai:gpt-4o-mini"))


def test_a_folder_of_another_format_is_told_at_once(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "default" / "registry.sqlite")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version=99")
    engine.dispose()
    with pytest.raises(IndexFormatError, match="format 99"):
        open_pincite(Settings(home=tmp_path))


def test_settings_come_from_the_environment_when_none_are_given(
    indexed_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINCITE_HOME", str(indexed_home))
    monkeypatch.setenv("PINCITE_ANSWER__MAX_SENTENCES", "1")
    with open_pincite() as pincite:
        assert pincite.settings.home == indexed_home
        assert len(pincite.ask(VOLTS).claims) == 1
