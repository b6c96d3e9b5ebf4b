"""Splitters at equal budgets, on documents made here and with an embedder that hashes words."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.ingestion.load import load_bytes
from app.retrieval.embedding.embedder import NamedEmbeddings
from evals.benchmarks.finding import chunking
from evals.benchmarks.finding.chunking_report import SplitterResult, at_recalls
from tests.evals.benchmarks.finding.test_retrieval import WordHash

GOLD = "The lighthouse lamp is lit at dusk by the harbour warden."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / chunking.SET
    (folder / "corpora").mkdir(parents=True)
    filler = " ".join(f"Row number {n} of the ledger names a barrel of salted fish." for n in range(60))
    text = f"{filler}\n\n{GOLD}\n\n{filler}"
    (folder / "corpora" / "ledger.md").write_text(text, encoding="utf-8")
    start = text.index(GOLD)
    reference = {"content": GOLD, "start_index": start, "end_index": start + len(GOLD)}
    row = {"id": "q0", "text": "Who lit the lighthouse lamp at dusk?", "corpus_id": "ledger"}
    (folder / "queries.jsonl").write_text(
        json.dumps({**row, "references": [reference]}) + "\n", encoding="utf-8"
    )
    return tmp_path / "data"


def test_every_splitter_is_measured_and_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    monkeypatch.setattr(chunking, "make_embedder", lambda _: NamedEmbeddings(WordHash(), "hash"))
    assert chunking.main(["--cache", str(tmp_path / "v.sqlite"), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "chunking.md").read_text(encoding="utf-8")
    assert "| 300 | Pincite 1000/1400 | 1.000 |" in page
    assert "| 300 | Pincite 1000/1400, in windows | 1.000 |" in page.split("## Dense")[0]
    assert "in windows |" not in page.split("## Dense")[1]
    assert "| 300 | recursive 400/0 | 1.000 |" in page


def test_the_recursive_splitter_overlaps_as_asked() -> None:
    text = " ".join(f"word{n}" for n in range(400))
    spans = chunking.recursive(300, 100)(load_bytes("a.txt", text.encode()))
    shared = [before.end - after.start for before, after in pairwise(spans)]
    assert max(span.end - span.start for span in spans) <= 300
    assert all(80 <= one <= 100 for one in shared)
    assert (spans[0].start, spans[-1].end) == (0, len(text))


def test_equal_recall_compares_what_it_costs() -> None:
    """One finds its four tokens by the 40th token, the other by the 80th: half the precision."""
    budgets = np.arange(201)
    early, late = ((budgets >= at) * 4 for at in (40, 80))
    gold = np.array([4, 4])
    first, second = (
        SplitterResult(name, 1, 1.0, {"hybrid": np.stack([hits, hits])}, gold)
        for name, hits in (("first", early), ("second", late))
    )
    a, b = at_recalls(first, "hybrid"), at_recalls(second, "hybrid")
    assert 20 < a[0, -1, 0] <= 40 < 60 < b[0, -1, 0] <= 80
    assert a[0, -1, 1] == pytest.approx(2 * b[0, -1, 1], rel=0.1)


def test_an_absent_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path))
    assert chunking.main([]) == 2
    assert "chunking_eval: absent, skipped" in capsys.readouterr().err
