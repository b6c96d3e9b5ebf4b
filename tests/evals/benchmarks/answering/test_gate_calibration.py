"""At most so many wrong: sets and rows made here, and the numbers beside the score."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from app.extractive.sentence_scores import Candidate
from app.gate.calibration import gate_rule, read_calibration
from app.gate.settings import GateSettings
from evals.benchmarks.answering import gate_calibration
from evals.benchmarks.answering.gate_calibration_report import GateRow, at, calibrated, markdown
from evals.benchmarks.answering.gate_features import NAMES, Scored, features, fitted
from evals.benchmarks.answering.gate_sets import gate_sets, one_each
from graphs.state import EvidencePassage


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Questions in the shape of Natural Questions, each with a paragraph of its own."""
    folder = tmp_path / "data" / "nq_oracle"
    folder.mkdir(parents=True)
    places = "Arden Bexley Corfe Dunster Elgin Fowey".split()
    corpus = [
        {"id": f"d{n}", "title": place, "text": f"The ferry to {place} leaves from pier {n + 11}."}
        for n, place in enumerate(places)
    ]
    queries = [
        {
            "id": f"q{n}",
            "text": f"Which pier does the ferry to {place} leave from?",
            "answers": [f"pier {n + 11}"],
        }
        for n, place in enumerate(places)
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row | {"answerable": True}) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    judged = "".join(f"q{n}\td{n}\t1\n" for n in range(len(places)))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return tmp_path / "data"


def test_every_second_question_loses_its_paragraph_and_any_answer_to_it_is_wrong(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    kept, out = tmp_path / "rows.json", tmp_path / "out"
    given = ["--sets", "nq_oracle", "--rows", str(kept), "--out", str(out)]
    assert gate_calibration.main(given) == 0
    rows = gate_calibration.read_rows(kept)
    assert [row.answerable for row in rows].count(False) == 3
    assert all(row.right == row.answerable for row in rows)
    assert all(len(row.features) == len(NAMES) and row.features[0] > 0 for row in rows if row.answered)
    page = (out / "most_wrong.md").read_text(encoding="utf-8")
    assert "| 3 / 3 |" in page
    assert "ferry" not in page + kept.read_text(encoding="utf-8"), "no word of a set"
    monkeypatch.setattr(gate_calibration, "measure", lambda *_: pytest.fail("asked again"))
    assert gate_calibration.main(given) == 0, "what is in the rows stands"


def row(number: int, score: float, right: bool, name: str = "isbrook") -> GateRow:
    some = (score, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0)
    return GateRow(name, f"q{number}", f"d{number}", right, score, True, right, right, some, "an embedder")


@pytest.fixture
def rows() -> list[GateRow]:
    chance = random.Random(3)  # noqa: S311 - not a secret
    scores = [chance.random() for _ in range(600)]
    names = ("isbrook", "clapnq_dev")
    return [row(n, score, chance.random() < score, names[n % 2]) for n, score in enumerate(scores)]


def test_one_half_is_calibrated_on_and_the_other_is_told(rows: list[GateRow], tmp_path: Path) -> None:
    page = markdown(rows)
    some, held = [r for r in rows if not r.held_out], [r for r in rows if r.held_out]
    assert 200 < len(some) < 400
    assert f"calibrated on {len(some)} questions, reported on the other {len(held)}" in page
    told = at(held, calibrated(some, 0.4))
    assert told.wrong <= 0.4 * told.answered
    assert f"| 0.4 | {told.cells()} |" in page
    assert "| 0.1 | none | - | - |" in page
    made = gate_calibration.carried(rows, "marked")
    (tmp_path / "made.json").write_text(made.model_dump_json(), encoding="utf-8")
    assert read_calibration(tmp_path / "made.json").questions == len(some)
    rule = gate_rule(GateSettings(most_wrong=0.4, calibration=str(tmp_path / "made.json")))
    assert rule.score == told.score


def test_a_question_that_no_gate_answers_is_neither_right_nor_wrong(rows: list[GateRow]) -> None:
    silent = GateRow("isbrook", "q", "d", True, 0.0, False, False, False, (), "an embedder")
    assert at([*rows, silent], 0.0).wrong == at(rows, 0.0).wrong
    assert at([*rows, silent], 0.0).asked == len(rows) + 1


def passage(text: str, title: str, **scores: float) -> EvidencePassage:
    return EvidencePassage(
        doc_id=title,
        version="v",
        start=0,
        end=len(text),
        text=text,
        title=title,
        uri="",
        headings=[],
        page=None,
        scores=dict(scores),
    )


def candidate(text: str, source: int, score: float) -> Candidate:
    return Candidate(text, (text,), source, 0, score)


def test_features_tell_what_they_are_called() -> None:
    ticket = "A day ticket costs seven euros."
    evidence = [passage(ticket, "Tickets", lexical=5.0, dense=0.4), passage("Dogs pay.", "Dogs", dense=0.6)]
    seen = Scored(
        "What does a day ticket cost in Arden?",
        evidence,
        [
            candidate(ticket, 1, 0.8),
            candidate("A day ticket costs seven euros", 2, 0.7),
            candidate("Dogs pay.", 2, 0.5),
        ],
        {"day": 1.0, "ticket": 2.0, "cost": 1.0, "arden": 4.0},
        [one["scores"] for one in evidence],
    )
    found = dict(zip(NAMES, features(seen), strict=True))
    assert found == pytest.approx(
        {
            "score": 0.8,
            "margin": 0.3,
            "both legs first": 0.0,
            "legs' ranks": 0.75,
            "kind missing": 0.0,
            "words covered": 0.5,
            "rarest word missing": 1.0,
            "names missing": 1.0,
        }
    )


def test_a_fit_finds_the_odds_that_made_the_outcomes() -> None:
    chance = np.random.default_rng(5)
    given = chance.normal(size=(20_000, 2))
    odds = 0.5 + 2 * given[:, 0] - given[:, 1]
    right = (chance.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    made = fitted(given, right, np.ones(20_000))
    assert made.weights / np.array([1.0, *made.spread]) == pytest.approx([0.5, 2.0, -1.0], abs=0.1)
    assert np.corrcoef(made.score(given), odds)[0, 1] > 0.99


def test_one_question_is_chosen_of_each_paragraph() -> None:
    many = [{"id": f"{n}", "of": n % 7} for n in range(50)]
    chosen = one_each(many, lambda one: str(one["of"]))
    assert sorted(one["of"] for one in chosen) == list(range(7))
    assert chosen == one_each(many[::-1], lambda one: str(one["of"]))


def test_every_set_says_when_an_answer_is_right() -> None:
    assert {"isbrook", "squad2_dev", "clapnq_dev", "nq_oracle", "mtrag_un"} == gate_sets().keys()
    assert all(one.right_when for one in gate_sets().values())
