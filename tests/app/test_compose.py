"""The application in a host's own program."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from langgraph.graph import END, START, StateGraph

from app.compose import Pincite, open_pincite
from app.models.chat import ModelError
from app.registry.schema import IndexFormatError, open_engine
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings, TokenStates
from app.retrieval.scope import FilterError
from app.settings import RerankSettings, Settings
from graphs.state import AnswerState, AskContext
from tests.support.index import filled_index, new_document

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


def test_a_filter_that_is_not_understood_is_refused_in_a_line_that_says_which(pincite: Pincite) -> None:
    with pytest.raises(FilterError, match="'version'"):
        pincite.ask(VOLTS, filters={"version": {"$ne": "x"}})


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


def test_windows_are_made_with_documents_and_a_question_finds_them_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filler = "The harbour was rebuilt after the storm and its wharves now serve the fishing fleet. " * 4
    text = f"# Returns\n\n{filler}A kettle can be returned within thirty days of the purchase. {filler}"
    with filled_index(tmp_path, [new_document("file:///a.md", text)]) as pincite:
        read: list[str] = []
        states = MiniLMEmbeddings.states

        def counted(self: MiniLMEmbeddings, text: str) -> TokenStates:
            read.append(text)
            return states(self, text)

        monkeypatch.setattr(MiniLMEmbeddings, "states", counted)
        question = "How long can I return a kettle?"
        assert "thirty days" in pincite.ask(question, context=AskContext(extractive=True)).text
        assert read == []
    for file in (tmp_path / "default").glob("windows.sqlite*"):
        file.unlink()  # as in an index of an earlier version
    with filled_index(tmp_path, []) as pincite:
        assert "thirty days" in pincite.ask(question, context=AskContext(extractive=True)).text
        assert len(read) == 1
        assert (tmp_path / "default" / "windows.sqlite").exists()


@pytest.mark.parametrize("method", ["none", "late_interaction"])
def test_no_windows_are_made_for_an_order_without_them(
    tmp_path: Path, method: Literal["none", "late_interaction"]
) -> None:
    settings = Settings(home=tmp_path, rerank=RerankSettings(method=method))
    with open_pincite(settings) as pincite, pincite.corpus.writing() as (_, writer):
        writer.put(new_document("file:///a.md", "# Kite\n\nThe kite is red. It is large."))
        assert not (tmp_path / "default" / "windows.sqlite").exists()
