"""Judges over the OpenAI wire, and what their word is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.testing.openai_server import Reply, ScriptedModel, serve_model
from evals.datasets.suite import Question
from evals.errors import EvalError
from evals.judges.calibrate import Calibration, calibrate, keep, known_calibrations, read_labels
from evals.judges.judge import about, chosen, make_asker, make_judges
from evals.judges.known import judge_lines
from evals.judges.prompt import judge_names, load_judge, pinned
from evals.judges.rates import Agreement, agreement, corrected_rate
from tests.evals.runs import item, run

MODEL = "openai:judge-1"


def says(passed: bool) -> Reply:
    return Reply(content=json.dumps({"reasoning": "Because.", "score": passed}))


def strict(request: dict[str, Any]) -> Reply:
    """Passes answers that say "30 days"."""
    asked = request["messages"][-1]["content"]
    return says("30 days" in asked.rpartition("<answer>")[2])


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OPENAI_API_KEY", "test")

    def point(model: ScriptedModel) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)

    return point


def test_a_judge_sees_question_passages_and_answer_and_says_yes_or_no(wire: Any) -> None:
    with serve_model([says(True), says(False)]) as model:
        wire(model)
        ask = make_asker(load_judge("unsupported-claim"), MODEL)
        assert ask("How long?", "Within 30 {days}.", "[1] It is 30 days.")["pass"] is True
        verdict = ask("How long?", "Forever.", "[1] It is 30 days.")
        assert (verdict["pass"], verdict["comment"]) == (False, "Because.")
        prompt = model.prompt(0)
    for part in ("How long?", "Within 30 {days}.", "[1] It is 30 days."):
        assert part in prompt
    assert model.requests[0]["temperature"] == 0


def test_a_busy_judge_is_asked_again_and_a_broken_one_passes_nothing(wire: Any) -> None:
    with serve_model([Reply(status=503), says(True)]) as model:
        wire(model)
        assert make_asker(load_judge("off-question"), MODEL)("q", "a", "")["pass"] is True
    with serve_model([Reply(status=401)]) as model:
        wire(model)
        verdict = make_asker(load_judge("off-question"), MODEL)("q", "a", "")
    assert verdict == {"pass": None, "why": "the key was not accepted (401)"}
    with serve_model([Reply(content='{"reasoning": "Hm.", "score": "perhaps"}')]) as model:
        wire(model)
        assert make_asker(load_judge("off-question"), MODEL)("q", "a", "")["pass"] is None


def test_a_judge_is_asked_only_about_answers_it_applies_to(wire: Any) -> None:
    question = Question(id="a", kind="single", question="How long?", answerable=True)
    seen = {"status": "abstained", "claims": [], "evidence": [{"text": "30 days"}]}
    with serve_model([says(False)]) as model:
        wire(model)
        judges = make_judges(chosen(["all"]), MODEL)
        verdicts = {name: judge(question, seen) for name, judge in judges.items()}
    assert [name for name, one in verdicts.items() if one["pass"] is not None] == ["wrong-abstention"]
    assert len(model.requests) == 1


def test_without_a_model_no_judge_runs_and_none_passes() -> None:
    prompts = chosen(["all"])
    assert make_judges(prompts, None) == {}
    made = run([item("a")], judges=about(prompts, None))
    lines = judge_lines(made, {})
    assert len(lines) == len(judge_names()) == 3
    assert all(line.said.startswith("not run: no judging model") for line in lines)


def test_an_unknown_judge_is_named_with_those_there_are() -> None:
    with pytest.raises(EvalError, match="no judge 'taste'; there are: off-question"):
        chosen(["taste"])


def test_another_prompt_or_model_is_another_judge() -> None:
    one = load_judge("off-question")
    assert pinned(one, "a") != pinned(one, "b")
    assert pinned(one, "a") != pinned(load_judge("unsupported-claim"), "a")
    assert pinned(one, "a") == pinned(load_judge("off-question"), "a")


def labels(path: Path, good: int, bad: int) -> Path:
    """``good`` answers that people pass, of which the judge passes all but one; ``bad`` they fail."""
    lines = [
        {"id": f"p{n}", "question": "q", "answer": "In 30 days." if n else "In a month.", "label": "pass"}
        for n in range(good)
    ]
    lines += [
        {"id": f"f{n}", "question": "q", "answer": "In 30 days!" if n < 2 else "Never.", "label": "fail"}
        for n in range(bad)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_calibrating_counts_both_kinds_of_mistake(wire: Any, tmp_path: Path) -> None:
    given = read_labels(labels(tmp_path / "labels.jsonl", 10, 8))
    prompt = load_judge("off-question")
    with serve_model(strict) as model:
        wire(model)
        found = calibrate(prompt, MODEL, make_asker(prompt, MODEL), given, "sha")
    assert (found.agreement.tpr, found.agreement.tnr) == (0.9, 0.75)
    assert found.disagreements == ["p0", "f0", "f1"]
    assert not found.agreement.good_enough
    keep(found, tmp_path / "kept")
    assert known_calibrations(tmp_path / "kept") == {found.judge: found}


def calibration(**changed: Any) -> Calibration:
    counted = {"passed_of": 60, "true_passes": 57, "failed_of": 40, "true_fails": 36}
    prompt = load_judge("off-question")
    rest = {"labels": 100, "labels_sha256": "x", "not_judged": 0, "disagreements": []}
    about_it = {"judge": pinned(prompt, MODEL), "name": prompt.name, "model": MODEL, "prompt_version": 1}
    return Calibration(**{**about_it, **rest, **counted, **changed})


def judged_run(verdicts: list[bool | None]) -> Any:
    prompts = chosen(["off-question"])
    items = [
        item(f"q{n}", judgements={"off-question": {"pass": verdict, "why": "no answer in time"}})
        for n, verdict in enumerate(verdicts)
    ]
    return run(items, judges=about(prompts, MODEL))


def test_a_run_says_what_its_judge_found_corrected_for_its_mistakes() -> None:
    known = {calibration().judge: calibration()}
    (line,) = judge_lines(judged_run([True] * 70 + [False] * 30 + [None]), known)
    assert line.said.startswith("70 of 100 pass, 1 could not be judged")
    assert "as people would judge 0.71" in line.said
    assert line.warning == ""


def test_a_weak_judge_is_called_weak_wherever_it_speaks() -> None:
    weak = calibration(true_fails=31)
    (line,) = judge_lines(judged_run([True]), {weak.judge: weak})
    assert line.warning == "TPR or TNR is under 0.8: do not rely on this judge."
    (line,) = judge_lines(judged_run([True]), {})
    assert line.warning.startswith("Not calibrated")
    few = calibration(passed_of=10, true_passes=10, failed_of=10, true_fails=10)
    (line,) = judge_lines(judged_run([True]), {few.judge: few})
    assert line.warning.startswith("Fewer than 30 labels")


def test_rates_of_labels_of_one_kind_are_unknown() -> None:
    found = agreement([True, True], [True, True])
    assert (found.tpr, found.tnr, found.good_enough) == (1.0, None, False)
    assert corrected_rate(5, 10, found) is None


def test_a_judge_no_better_than_chance_corrects_nothing() -> None:
    assert corrected_rate(5, 10, Agreement(10, 4, 10, 5)) is None


def test_a_perfect_judge_on_many_labels_is_taken_at_its_word() -> None:
    found = corrected_rate(700, 1000, Agreement(10_000, 10_000, 10_000, 10_000))
    assert found is not None
    assert found.rate == pytest.approx(0.7)
    assert (found.low, found.high) == pytest.approx((0.671, 0.728), abs=0.005)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Worlds with a true pass rate of .6, a judge of TPR .9 and TNR .8, 60 labels and 150 judged answers."""
    random = np.random.default_rng(5)
    hit = 0
    for _ in range(300):
        known = Agreement(36, random.binomial(36, 0.9), 24, random.binomial(24, 0.8))
        passes = random.binomial(150, 0.6 * 0.9 + 0.4 * 0.2)
        found = corrected_rate(passes, 150, known)
        assert found is not None
        hit += found.low <= 0.6 <= found.high
    assert hit / 300 >= 0.92


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not a label"),
        ('{"id": "a", "question": "q", "label": "maybe"}', "line 1"),
        ("", "no labels"),
    ],
)
def test_labels_that_are_none(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(EvalError, match=message):
        read_labels(tmp_path / "labels.jsonl")
