"""A stored answer asked for once more: what is different, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.answers.replay import compared, question_of
from app.answers.store import AnswerStoreError
from app.compose import open_pincite
from app.settings import AnswerSettings, Settings
from graphs.contracts import Answer
from graphs.state import AskContext
from tests.support.cli import Command

VOLTS = "How many volts does the Heron gateway need?"


def test_a_receipt_says_all_that_is_needed_to_ask_again(home: Path) -> None:
    context = AskContext(groups=["hr"], user="ann", top_k=7, extractive=True, gate=0.4)
    with open_pincite(Settings(home=home)) as pincite:
        answer = pincite.ask("What does E4 earn?", filters={"source": "handbook"}, context=context)
        again = question_of(pincite.corpus.answers.get(answer.id))
        assert again.context == context
        assert (again.question, again.filters) == ("What does E4 earn?", {"source": "handbook"})
        now = pincite.ask(again.question, filters=again.filters, context=again.context)
        found = compared(answer.model_dump(), now.model_dump(), pincite.registry)
    assert found.answers_the_same
    assert (found.differences, found.documents) == ([], {})


def test_a_follow_up_is_asked_as_it_stood_alone(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        pincite.ask("How many volts does the Heron gateway need?", thread_id="t")
        answer = pincite.ask("And how many milliamperes?", thread_id="t")
        again = question_of(answer.model_dump())
    assert again.question == answer.receipt["standalone"]


def test_settings_and_evidence_that_changed_are_named(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        then = pincite.ask(VOLTS).model_dump()
    with open_pincite(Settings(home=home, answer=AnswerSettings(gate_extractive=0.99))) as pincite:
        now = pincite.ask("Who won the chess championship of 1927?").model_dump()
        found = compared(then, now, pincite.registry)
    what = {one.what: (one.then, one.now) for one in found.differences}
    assert what["status"] == ("answered", "abstained")
    assert what["settings hash"][0] != what["settings hash"][1]
    assert found.only_then
    assert not found.answers_the_same


def test_an_answer_without_a_receipt_is_one_clear_line() -> None:
    with pytest.raises(AnswerStoreError, match="has no receipt"):
        question_of({"id": "abc", "receipt": {}})


def test_the_command_names_documents_that_changed(filled: Command, tmp_path: Path, documents: Path) -> None:
    asked = Answer.model_validate_json(filled("ask", VOLTS, "--json").out)
    same = filled("replay", asked.id[:8])
    assert (same.code, same.err) == (0, "")
    assert same.out.endswith("the same answer\n")
    changed = tmp_path / "handbook"
    changed.mkdir()
    for one in documents.iterdir():
        (changed / one.name).write_bytes(one.read_bytes().replace(b"12 volts", b"24 volts"))
    assert filled("sync", "--source", "handbook", str(changed)).code == 0
    other = filled("replay", asked.id)
    assert other.code == 1
    assert "index generation: " in other.out
    assert "  - The Heron gateway needs a supply of 12 volts" in other.out
    assert "  + The Heron gateway needs a supply of 24 volts" in other.out
    found = json.loads(filled("replay", asked.id, "--json").out)
    assert found["same_answer"] is False
    assert list(found["documents"].values()) != []
    assert len(filled("answers", "list").out.splitlines()) == 1, "a replay is not kept"
    assert "no stored answer" in filled("replay", "zzz").err
