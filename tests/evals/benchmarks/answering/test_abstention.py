"""Silence where there is no answer, on documents and questions made here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.answering import abstention
from evals.benchmarks.answering.abstention import drawn
from evals.benchmarks.answering.abstention_report import AskedQuestion, best_gate, curve, markdown


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "ferries"
    folder.mkdir(parents=True)
    corpus = [
        {"id": "d0", "title": "Tickets", "text": "A day ticket for the ferry costs seven euros."},
        {"id": "d1", "title": "Dogs", "text": "Dogs travel free of charge and are kept on a lead on deck."},
    ]
    queries = [
        {"id": "q0", "text": "What does a day ticket for the ferry cost?", "answerable": True},
        {"id": "q1", "text": "How are dogs kept on deck?", "answerable": True},
        {"id": "q2", "text": "Who painted the ceiling of the Sistine Chapel?", "answerable": False},
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
        )
    # q1 is judged to be answered by the wrong document: its answer must count as wrong.
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq0\td0\t1\nq1\td0\t1\n", encoding="utf-8")
    return tmp_path / "data"


def test_answers_are_judged_by_the_document_they_cite(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {row.id: row for row in abstention.measure(data, "ferries", 10)}
    assert rows["q0"].right
    assert not rows["q1"].right
    assert not rows["q2"].right
    assert rows["q0"].score > 0.6 > rows["q2"].score
    monkeypatch.setattr(abstention, "measure", lambda *_: list(rows.values()))
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    out = tmp_path / "out"
    assert abstention.main(["--sets", "ferries", "missing", "--out", str(out)]) == 0
    assert "| ferries | 2 / 1 | 1.000 |" in (out / "abstention.md").read_text(encoding="utf-8")
    assert (out / "abstention.svg").read_text(encoding="utf-8").startswith("<svg xmlns=")


def asked(number: int, score: float, right: bool, name: str = "s") -> AskedQuestion:
    return AskedQuestion(name, f"q{number}", right, score, right)


def test_a_dearer_mistake_asks_for_a_higher_gate() -> None:
    rows = [
        asked(n, score, right)
        for n, (score, right) in enumerate(
            [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.55, True), (0.5, False), (0.4, False)]
        )
    ]
    assert 0.5 < best_gate(rows, 1) <= 0.55
    assert 0.7 < best_gate(rows, 4) <= 0.8


def test_a_gate_answers_what_scores_as_much() -> None:
    rows = [asked(0, 0.62, True), asked(1, 0.61, False), asked(2, 0.9, False), asked(3, 0.1, True)]
    page = markdown(rows, 0.62)
    assert "| **0.62** | 0.50 | 0.50 (0.09 to 0.91) | 0.50 (0.09 to 0.91) | 0.50 (0.09 to 0.91) |" in page
    assert "50% answered, 50% of them wrong" in curve(rows, 0.62)


def test_the_sample_is_seeded_and_even() -> None:
    questions: list[dict[str, Any]] = [{"id": n, "answerable": n % 3 == 0} for n in range(90)]
    first = drawn(questions, 20)
    assert first == drawn(list(reversed(questions)), 20)
    assert [one["answerable"] for one in first].count(True) == 10
    assert len(drawn(questions, 80)) == 80
    assert len(drawn(questions, 200)) == 90


def test_halves_do_not_depend_on_the_sample() -> None:
    held = [asked(n, 0.5, True).held_out for n in range(400)]
    assert held == [asked(n, 0.9, False).held_out for n in range(400)]
    assert 150 < sum(held) < 250


def test_an_absent_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path))
    assert abstention.main([]) == 2
    assert "clapnq_dev: absent, skipped" in capsys.readouterr().err
