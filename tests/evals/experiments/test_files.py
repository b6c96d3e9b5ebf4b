"""Suites, presets and the files of runs: what is accepted, and what one line says when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.datasets.suite import load_suite
from evals.errors import EvalError
from evals.experiments.find import find_run
from evals.experiments.opened_suite import open_suite
from evals.experiments.presets import PRESETS, settings_for
from evals.experiments.runfile import read_run, without_evidence, write_run
from evals.metrics.stages import lost_at
from tests.evals.runs import item, run, toy


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = run([item("q1"), item("q2", right=False, text="Line one.\u2028Line two.\n")])
    write_run(tmp_path / "runs" / "one.jsonl", made)
    assert read_run(tmp_path / "runs" / "one.jsonl") == made
    lines = (tmp_path / "runs" / "one.jsonl").read_text(encoding="utf-8").split("\n")
    assert [sorted(json.loads(line))[0] for line in lines if line] == ["commit", "answerable", "answerable"]


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    broken = run([item("q1", text="\ud800")])
    with pytest.raises(UnicodeEncodeError):
        write_run(tmp_path / "one.jsonl", broken)
    assert list(tmp_path.iterdir()) == []


def test_half_a_run_is_not_a_run(tmp_path: Path) -> None:
    write_run(tmp_path / "one.jsonl", toy(n=3))
    whole = (tmp_path / "one.jsonl").read_text(encoding="utf-8")
    (tmp_path / "one.jsonl").write_text(whole[: whole.rindex('{"id"')], encoding="utf-8")
    with pytest.raises(EvalError, match="not whole: 2 of 3 items"):
        read_run(tmp_path / "one.jsonl")
    (tmp_path / "one.jsonl").write_text('{"some": "json"}\n', encoding="utf-8")
    with pytest.raises(EvalError, match="is not a run of this version"):
        read_run(tmp_path / "one.jsonl")
    (tmp_path / "one.jsonl").write_bytes(b"")
    with pytest.raises(EvalError, match="is not a run of this version"):
        read_run(tmp_path / "one.jsonl")


def test_the_latest_run_is_the_one_started_last(tmp_path: Path) -> None:
    write_run(tmp_path / "a.jsonl", toy(run="new", started="2026-11-22T10:00:00+00:00"))
    write_run(tmp_path / "b.jsonl", toy(run="old", started="2026-11-21T10:00:00+00:00"))
    assert find_run("latest", tmp_path).name == "new"
    assert find_run("b", tmp_path).name == "old"
    assert find_run(str(tmp_path / "b.jsonl"), tmp_path / "none").name == "old"
    with pytest.raises(EvalError, match="there is no run 'c'"):
        find_run("c", tmp_path)
    with pytest.raises(EvalError, match="there are no runs in"):
        find_run("latest", tmp_path / "none")


def test_a_baseline_is_small() -> None:
    made = toy(n=2)
    assert without_evidence(made).items[0].metrics == made.items[0].metrics
    assert without_evidence(made).items[0].evidence == []


def test_presets_are_what_they_say_wherever_they_run(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = settings_for("extractive")
    monkeypatch.setenv("PINCITE_MODEL", "openai:gpt-4o-mini")
    monkeypatch.setenv("PINCITE_RETRIEVAL__TOP_K", "3")
    monkeypatch.setenv("PINCITE_RETRIEVAL__UNKNOWN", "3")
    again, _ = settings_for("extractive")
    assert (again.fingerprint(), again.model) == (settings.fingerprint(), None)


def test_every_preset_is_another_setting() -> None:
    made = {name: settings_for(name)[0].fingerprint() for name in PRESETS if name != "configured"}
    assert len(set(made.values())) == len(made)


def test_configured_is_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_RETRIEVAL__TOP_K", "3")
    settings, _ = settings_for("configured")
    assert settings.retrieval.top_k == 3
    settings, given = settings_for("configured", ["retrieval.top_k=4", "model=openai:gpt-4o-mini"])
    assert (settings.retrieval.top_k, settings.model) == (4, "openai:gpt-4o-mini")
    assert given == {"retrieval.top_k": 4, "model": "openai:gpt-4o-mini"}


@pytest.mark.parametrize(
    ("preset", "override", "message"),
    [
        ("best", "", "no preset 'best'; there are: extractive, lexical"),
        ("extractive", "retrieval.top=3", "there is no such setting"),
        ("extractive", "retrieval=3", "there is no such setting"),
        ("extractive", "model.name=3", "there is no such setting"),
        ("extractive", "retrieval.top_k=0", "retrieval.top_k: Input should be greater"),
        ("extractive", "retrieval.top_k", "write it as name=value"),
    ],
)
def test_settings_that_cannot_be(preset: str, override: str, message: str) -> None:
    with pytest.raises(EvalError, match=message):
        settings_for(preset, [override] if override else [])


def write_suite(folder: Path, about: str, questions: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "suite.yaml").write_text(about, encoding="utf-8")
    (folder / "questions.jsonl").write_text(questions, encoding="utf-8")
    return str(folder)


QUESTION = '{"id": "a", "kind": "single", "question": "Q?", "answerable": false}\n'


@pytest.mark.parametrize(
    ("about", "questions", "message"),
    [
        ("name: own\nversion: 0\n", QUESTION, "version: Input should be greater"),
        ("name: own\nversion: 1\ndocuments: nowhere\n", QUESTION, "documents of suite own are not at"),
        ("name: own\nversion: 1\nquestions: no.jsonl\n", QUESTION, "questions of suite own are not at"),
        ("name: own\nversion: 1\n", "", "holds no questions"),
        ("name: own\nversion: 1\n", QUESTION * 2, "line 2: the id a is used twice"),
        ("name: own\nversion: 1\n", '{"id": "a"}', "line 1: kind: Field required"),
        ("name: own\nversion: 1\n", "{", "line 1: Expecting"),
        ("name: [", QUESTION, "suite.yaml"),
    ],
)
def test_suites_that_cannot_be(about: str, questions: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=message):
        load_suite(write_suite(tmp_path / "own", about, questions))


def test_an_unknown_suite_is_told_which_there_are() -> None:
    with pytest.raises(EvalError, match="no suite 'sibrook'; known: isbrook"):
        load_suite("sibrook")


def test_gold_of_another_version_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "own" / "documents").mkdir(parents=True)
    (tmp_path / "own" / "documents" / "a.md").write_text("# A\n\nThe fee is EUR 30.\n", encoding="utf-8")
    gold = {"document": "a.md", "version": "0" * 64, "start": 5, "end": 9, "quote": "The "}
    question = {"id": "a", "kind": "single", "question": "Q?", "answerable": True, "gold": [gold]}
    about = "name: own\nversion: 1\ndocuments: documents\n"
    settings, _ = settings_for("extractive")
    name = write_suite(tmp_path / "own", about, json.dumps(question))
    with (
        pytest.raises(EvalError, match=r"a: its gold is of another version of a\.md"),
        open_suite(load_suite(name), settings),
    ):
        pass
    other = json.dumps({**question, "gold": [{**gold, "document": "b.md"}]})
    with (
        pytest.raises(EvalError, match=r"document b\.md: no such document"),
        open_suite(load_suite(write_suite(tmp_path / "own", about, other)), settings),
    ):
        pass


@pytest.mark.parametrize(
    ("pooled", "retrieved", "in_evidence", "passed_gate", "cited", "stage"),
    [
        (False, False, False, False, False, "retrieve"),
        (True, False, False, True, False, "cut"),
        (False, True, False, True, False, "evidence"),
        (False, True, True, False, False, "gate"),
        (False, True, True, True, False, "generate"),
        (False, False, False, False, True, "cited"),
    ],
)
def test_the_first_step_that_lost_it_is_named(
    pooled: bool, retrieved: bool, in_evidence: bool, passed_gate: bool, cited: bool, stage: str
) -> None:
    found = lost_at(
        pooled=pooled, retrieved=retrieved, in_evidence=in_evidence, passed_gate=passed_gate, cited=cited
    )
    assert found == stage
