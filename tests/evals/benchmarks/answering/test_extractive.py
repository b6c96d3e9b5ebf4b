"""The benchmark of extractive answers, over documents and questions made here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.answering import extractive, extractive_report
from evals.benchmarks.answering.extractive_report import ExtractiveRow
from evals.benchmarks.answering.extractive_sets import same_sentence, task_sets, word_recall

DOCUMENTS = {
    "ferry": "The ferry leaves at nine. A day ticket for the ferry costs seven euros. Dogs travel free.",
    "lamp": "The lamp was made by Orla Quist in 1954. It weighs four kilograms and stands on three legs.",
}
QUESTIONS = [
    ("q1", "What does a day ticket for the ferry cost?", ["seven euros"], "ferry"),
    ("q2", "Who made the lamp?", ["Orla Quist"], "lamp"),
    ("q3", "Who conducted the orchestra that plays on the ferry in spring?", [], "ferry"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "squad2_dev"
    folder.mkdir()
    put(folder / "corpus.jsonl", [{"id": key, "title": key, "text": text} for key, text in DOCUMENTS.items()])
    put(
        folder / "queries.jsonl",
        [
            {"id": key, "text": text, "answers": answers, "answerable": bool(answers), "source_doc": of}
            for key, text, answers, of in QUESTIONS
        ],
    )
    judged = [f"{key}\t{of}\t1" for key, _, answers, of in QUESTIONS if answers]
    (folder / "qrels.tsv").write_text(
        "\n".join(["query-id\tcorpus-id\tscore", *judged, ""]), encoding="utf-8"
    )
    return tmp_path


def put(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_questions_are_asked_of_the_product_and_judged(data: Path) -> None:
    rows = {row.id: row for row in extractive.measure(task_sets()["squad2_dev"], data, None, 10)}
    assert (rows["q1"].answered, rows["q1"].recall) == (True, 1.0)
    assert (rows["q2"].recall, rows["q2"].of) == (1.0, "lamp")
    assert not rows["q3"].answered
    assert rows["q3"].recall is None
    assert rows["q3"].characters > 0, "what the extractor would say is known for silent questions too"
    assert 0 < (rows["q1"].precision or 0) <= 1


def row(name: str, **changed: Any) -> ExtractiveRow:
    one = ExtractiveRow("squad2_dev", name, name, True, True, 0.8, 1.0, 1.0, 2, 90, 1.0, "words of the set")
    return replace(one, **changed)


def test_runs_are_compared_question_by_question() -> None:
    before = [row(f"q{n}", recall=0.0, sentences=3) for n in range(8)]
    after = [row(f"q{n}", recall=float(n != 0)) for n in range(8)]
    found = extractive_report.numbers(after, before)["squad2_dev"]["measures"]
    recall = found["recall in the marked words"]
    assert (recall["before"], recall["after"], recall["difference"]) == (0.0, 0.875, 0.875)
    assert recall["low"] < 0.875 < recall["high"]
    assert found["sentences"]["difference"] == -1
    page = extractive_report.markdown(after, before)
    assert "| recall in the marked words | 0.000 | 0.875 | +0.875" in page
    assert "words of the set" not in page


def test_silence_is_no_recall_and_no_length() -> None:
    rows = [row("q1", answered=False), row("q2"), row("q3", answerable=False, answered=False, recall=None)]
    found = extractive_report.numbers(rows, [])["squad2_dev"]["measures"]
    assert found["recall in the marked words"]["after"] == 0.5
    assert found["recall, gate open"]["after"] == 1.0
    assert found["sentences"]["after"] == 2
    assert found["not answerable: refused"]["after"] == 1.0
    assert "difference" not in extractive_report.markdown(rows, [])


def test_rows_are_kept_and_read(tmp_path: Path) -> None:
    rows = [row("q1"), row("q2", precision=None)]
    extractive.write_rows(tmp_path / "rows.json", rows)
    assert extractive.read_rows(tmp_path / "rows.json") == rows


def test_absent_data_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path))
    assert extractive.main(["--sets", "clapnq_dev", "--out", str(tmp_path / "out")]) == 2
    assert "clapnq_dev: absent, skipped" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_words_and_sentences_are_compared_by_content() -> None:
    assert word_recall("Returns are free.", ["Returns are free of charge", ""]) == pytest.approx(2 / 3)
    assert word_recall("x", []) is None
    assert same_sentence("The lamp weighs four kilograms .", "The lamp weighs four kilograms (2 legs).")
    assert not same_sentence("The lamp weighs four kilograms.", "A day ticket costs seven euros.")
