"""The question set: its counts, and that every gold quote stands where it says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.datasets import build

Record = dict[str, Any]


@pytest.fixture(scope="module")
def questions() -> list[Record]:
    lines = (build.SET / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_kind_is_there_in_its_number(questions: list[Record]) -> None:
    assert Counter(question["kind"] for question in questions) == build.KINDS
    assert len(questions) == 150


def test_the_file_is_what_the_authors_wrote() -> None:
    made, wrong = build.build()
    assert wrong == []
    assert (build.SET / "questions.jsonl").read_text(encoding="utf-8") == made


def test_quotes_stand_where_they_say(questions: list[Record]) -> None:
    for gold in (gold for question in questions for gold in question["gold"]):
        document = build.load(gold["document"])
        assert gold["version"] == document.version
        assert gold["quote"] == document.text[gold["start"] : gold["end"]]


def test_gold_may_be_read_by_who_asks_and_passes_the_filter(questions: list[Record]) -> None:
    for question in questions:
        for gold in question["gold"]:
            metadata = build.load(gold["document"]).metadata
            allowed = metadata.get("groups", [])
            assert isinstance(allowed, list)
            assert not allowed or set(allowed) & set(question["groups"]), question["id"]
            assert question["filters"].items() <= metadata.items(), question["id"]


def test_the_attack_is_never_gold(questions: list[Record]) -> None:
    documents = {gold["document"] for question in questions for gold in question["gold"]}
    assert "partners/supplier-note-tolvane.txt" not in documents


def test_questions_differ(questions: list[Record]) -> None:
    asked = Counter((question["question"], json.dumps(question["history"])) for question in questions)
    assert max(asked.values()) == 1


@pytest.mark.parametrize(
    ("text", "quote", "more", "message"),
    [
        ("One fact.", "Another fact.", {}, "not in the text"),
        ("Twice. Twice.", "Twice.", {}, "stands 2 times"),
        ("Twice. Twice.", "Twice.", {"occurrence": 3}, "no occurrence 3 of 2"),
    ],
)
def test_a_quote_that_cannot_be_pinned_is_an_error(
    text: str, quote: str, more: Record, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pin.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(build, "DOCUMENTS", tmp_path)
    build.load.cache_clear()
    with pytest.raises(build.QuoteError, match=message):
        build.pin({"document": "pin.txt", "quote": quote, **more})
    build.load.cache_clear()


def test_a_quote_may_run_over_a_line_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pin.txt").write_text("Ask first. Then\nact. Then act.", encoding="utf-8")
    monkeypatch.setattr(build, "DOCUMENTS", tmp_path)
    build.load.cache_clear()
    pinned = build.pin({"document": "pin.txt", "quote": "Then act.", "occurrence": 1})
    build.load.cache_clear()
    assert (pinned["start"], pinned["end"], pinned["quote"]) == (11, 20, "Then\nact.")


def test_mistakes_of_authors_are_named() -> None:
    wrong: list[Record] = [
        {"id": "single-01", "question": "?"},
        {"id": "single-01", "question": "?", "answer": "Yes.", "gold": [{"document": "a.md"}]},
        {"id": "riddle-01", "question": "?", "answer": "Yes.", "gold": [{"document": "a.md"}]},
        {"id": "several-01", "question": "?", "answer": "Yes.", "gold": [{"document": "a.md"}]},
        {"id": "follow-up-01", "question": "?", "answer": "Yes.", "gold": [{"document": "a.md"}]},
        {"id": "filter-01", "question": "?", "answer": "Yes.", "gold": [{"document": "a.md"}], "page": 3},
    ]
    assert list(build.problems(wrong)) == [
        "single-01: an answerable question has an answer and gold; an unanswerable one has neither",
        "single-01: the id is used twice",
        "riddle-01: riddle is not a kind of question",
        "several-01: the gold of a question of this kind is in two documents or more",
        "follow-up-01: a follow-up, and nothing else, has a history",
        "filter-01: unknown field page",
        "filter-01: a question of this kind has filters or groups",
    ]
