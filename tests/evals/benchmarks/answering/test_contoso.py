"""Page citations over PDFs, with documents and questions made here."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from evals.benchmarks.answering import contoso
from evals.benchmarks.answering.contoso import ContosoRow, ContosoRun

PAGES = [
    "The ferry to the island leaves at a quarter past nine on every weekday.",
    "A day ticket for the ferry costs seven euros and is valid until midnight.",
    "Dogs travel free of charge, but they must be kept on a lead on deck.",
]


def question(number: int, text: str, page: int | None, file: str = "ferry.pdf") -> dict[str, Any]:
    citations = [] if page is None else [{"file": file, "page": page}]
    kind = "off_topic" if page is None else "answerable"
    return {
        "id": f"q{number}",
        "question": text,
        "answerable": page is not None,
        "kind": kind,
        "citations": citations,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / contoso.SET
    (folder / "pdfs").mkdir(parents=True)
    out = BytesIO()
    canvas = Canvas(out)
    for words in PAGES:
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    (folder / "pdfs" / "ferry.pdf").write_bytes(out.getvalue())
    rows = [
        question(1, "What does a day ticket for the ferry cost?", 2),
        question(2, "When does the ferry to the island leave?", 1),
        question(3, "How do dogs travel on deck?", 1),
        question(4, "Who painted the Mona Lisa?", None),
    ]
    (folder / "qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path / "data"


def test_pages_are_compared_with_those_the_set_names(data: Path) -> None:
    run = contoso.measure(data / contoso.SET, gate=0.3)
    rows = {row.id: row for row in run.rows}
    assert rows["q1"].cites(0)
    assert rows["q2"].cites(0)
    assert rows["q3"].answered
    assert not rows["q3"].cites(1)
    assert rows["q3"].distances[0] == 2
    assert rows["q1"].evidence == rows["q1"].retrieved == 0
    assert not rows["q4"].answered
    assert (run.documents, run.passages) == (1, 3)


def test_the_exit_code_says_whether_enough_pages_are_right(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    out = tmp_path / "out"
    assert contoso.main(["--gate", "0.3", "--misses", "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert "q3 [found] How do dogs" in printed.out or "q3 [evidence] How do dogs" in printed.out
    assert "0.667" in printed.err
    assert "| **answered: a cited page is right** | 3 | 0.67 " in (out / "contoso.md").read_text(
        encoding="utf-8"
    )


def row(status: str, *distances: int | None, evidence: int | None = 0, answerable: bool = True) -> ContosoRow:
    kind = "answerable" if answerable else "nonsense"
    return ContosoRow("q", kind, answerable, status, distances, retrieved=0, evidence=evidence)


def test_shares_count_answered_questions_only() -> None:
    rows = [
        row("answered", 0, 5),
        row("answered", 1),
        row("answered", None, evidence=None),
        row("abstained"),
        row("abstained", answerable=False),
        row("answered", answerable=False),
    ]
    table = contoso.report(ContosoRun(rows, 1, 10))
    assert "| **answered: a cited page is right** | 3 | 0.33 (0.06 to 0.79) | 0.67 (0.21 to 0.94) |" in table
    assert "| answered: every cited page is right | 3 | 0.00 " in table
    assert "1 answered questions cite no near page. For 0 of them" in table
    assert "| nonsense | 2 | 0.50 " in table
    assert "| **all unanswerable** | 2 |" in table


def test_an_absent_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path))
    assert contoso.main([]) == 2
    assert "contoso_hr_pdfs: absent, skipped" in capsys.readouterr().err
