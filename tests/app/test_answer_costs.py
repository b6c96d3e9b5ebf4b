"""What one answer may cost: bounds on counts, which are the same on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
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
    assert found["sql"] <= 9
    with counted(pincite, READINGS) as found:
        again = pincite.ask(READINGS)
    assert [claim.text for claim in again.claims] == [claim.text for claim in answer.claims]
    assert (found["cuts"], found["facts"], found["question"]) == (0, 0, 0)
    assert found["sql"] <= 9


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
    # With what is read anew after a change of the index.
    assert found["sql"] <= 13
    # The passage, its windows and the quotes; not once for every check of every sentence.
    assert 1 <= found["cuts"] <= 4
    assert 1 <= found["facts"] <= 20


def test_what_was_removed_is_not_cited_from_memory(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        cited = {citation.doc_id for citation in pincite.ask(READINGS).citations}
        assert cited
        for doc_id in cited:
            with pincite.corpus.writing() as (_, writer):
                assert writer.remove(doc_id)
        assert not cited & {citation.doc_id for citation in pincite.ask(READINGS).citations}
