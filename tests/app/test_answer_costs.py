"""What one answer may cost: bounds on counts, which are the same on every machine."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.compose import Pincite, open_pincite
from app.extractive.sentence_scores import Candidate, SentenceScorer
from app.ingestion.discover import discover
from app.settings import Settings
from app.testing.openai_server import serve_model
from evals.benchmarks.answering.counts import counted
from evals.benchmarks.answering.streaming import draft

OTHER = "When does the cafe open?"
"""Asked first: opening files is not counted."""

READINGS = "For how many days does the Heron gateway keep its readings, and at how many volts does it run?"
FERRY = "When does the ferry to Utoya leave, and what does a ticket cost?"
TIMETABLE = """# Ferry

The ferry to Utoya leaves at nine in the morning. A ticket costs 14 EUR.

Dogs travel for free, and bicycles for 3 EUR. In a storm the ferry does not leave.
"""


def test_an_extractive_answer_asks_for_everything_once(pincite: Pincite) -> None:
    pincite.ask(OTHER)
    with counted(pincite, READINGS) as found:
        answer = pincite.ask(READINGS)
    assert answer.status == "answered"
    assert found["question"] == 1
    # Two of them: whether the index has changed since it was found to be whole.
    assert found["sql"] <= 13
    with counted(pincite, READINGS) as found:
        again = pincite.ask(READINGS)
    assert [claim.text for claim in again.claims] == [claim.text for claim in answer.claims]
    assert (found["cuts"], found["facts"], found["question"]) == (0, 0, 0)
    assert found["sql"] <= 13


def test_eight_questions_at_once_are_scored_once_each(home: Path) -> None:
    """What the gate scored is what the extractor chooses from, whatever else is asked meanwhile."""
    questions = [f"{word} many volts does the Heron gateway need?" for word in ("How", "Exactly how")]
    questions += [f"{opening} does the cafe open?" for opening in ("When", "At what time")]
    questions += [READINGS, FERRY, "How much paid holiday is there?", "On which floor is the cafe?"]
    scored: list[str] = []
    score = SentenceScorer._scored

    def told(self: SentenceScorer, question: str, evidence: Any, weights: Any) -> list[Candidate]:
        scored.append(question)
        return score(self, question, evidence, weights)

    with open_pincite(Settings(home=home)) as alone:
        expected = {question: alone.ask(question).text for question in questions}
    with open_pincite(Settings(home=home)) as pincite, patch.object(SentenceScorer, "_scored", told):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(pincite.ask, questions))
        rounds = {one.question: len(one.receipt["retrievals"]) for one in answers}
    assert {one.question: one.text for one in answers} == expected
    assert sum(bool(text) for text in expected.values()) >= 6
    # A second look (`widen`) brings other evidence, which is scored by itself.
    assert Counter(scored) == rounds


@pytest.mark.parametrize("mode", ["extractive", "model"])
def test_a_new_passage_is_read_once(home: Path, tmp_path: Path, mode: str) -> None:
    file = tmp_path / f"ferry-{mode}.md"
    # Words of its own, so that the other run of this test has not read them.
    file.write_text(TIMETABLE.replace("Utoya", f"Utoya {mode}"), encoding="utf-8")
    with serve_model(lambda request: draft(request, "tool call", 2000.0)) as server:
        model = {"model": "openai:scripted", "model_base_url": server.url} if mode == "model" else {}
        with open_pincite(Settings(home=home, **model)) as pincite:  # type: ignore[arg-type]
            pincite.ask(OTHER)
            with pincite.corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([file], "ferry"), "ferry", writer))
            with counted(pincite, FERRY) as found:
                answer = pincite.ask(FERRY)
    assert (answer.status, answer.mode) == ("answered", mode)
    assert found["question"] == 1
    # With what is read anew after a change of the index, and whether all of it is there, and with the
    # generation once more: the word around passages is never older than they are.
    assert found["sql"] <= 26
    # The passage, its windows and the quotes; not once for every check of every sentence.
    assert found["cuts"] <= 4
    assert 1 <= found["facts"] <= 20


def test_what_was_removed_is_not_cited_from_memory(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        cited = {citation.doc_id for citation in pincite.ask(READINGS).citations}
        assert cited
        for doc_id in cited:
            with pincite.corpus.writing() as (_, writer):
                assert writer.remove(doc_id)
        assert not cited & {citation.doc_id for citation in pincite.ask(READINGS).citations}
