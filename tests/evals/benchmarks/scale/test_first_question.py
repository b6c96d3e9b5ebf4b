"""The first question's costs, over a set of a few documents."""

from __future__ import annotations

from pathlib import Path

from app.retrieval.ranking.window_rerank import ALONE, LOOKED_AT
from evals.benchmarks.public_data import DataItem, RetrievalSet
from evals.benchmarks.scale.first_question import measure
from evals.benchmarks.scale.first_question_report import BEFORE, DEFAULT, FUSED, markdown

FILLER = "The harbour was rebuilt after the great storm and its wharves now serve the fishing fleet. " * 4
ANSWER = "A kettle can be returned within thirty days of the purchase. "


def test_only_a_few_windows_are_embedded_for_a_question_and_none_for_the_next_time(tmp_path: Path) -> None:
    items = [DataItem(str(number), f"Harbour {number}", FILLER + f"Pier {number}. ") for number in range(7)]
    items.append(DataItem("kettle", "Returns", FILLER + ANSWER))
    data = RetrievalSet(
        "kettles", tuple(items), {"q": "How long can I return a kettle?"}, {"q": {"kettle": 1}}
    )
    found = measure(data, tmp_path / "no-peers")
    texts = {name: times.texts for name, times in found.ways.items()}
    assert texts[FUSED] == [0]
    assert texts[DEFAULT] == [ALONE]
    assert texts[BEFORE][0] > LOOKED_AT > ALONE
    assert all(times.ndcgs == [1.0] for times in found.ways.values())
    assert found.ways[BEFORE].same == [1.0]
    assert found.ingested.files["windows.sqlite"] > 0
    page = markdown([found])
    assert f"| {DEFAULT} | {ALONE}.0 |" in page
    assert "Haystack's hybrid |" not in page
