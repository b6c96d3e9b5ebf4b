"""`pincite eval …` as people run it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from app.testing.openai_server import Reply, serve_model
from evals.experiments.runfile import read_run, write_run
from tests.evals.runs import item, run, toy
from tests.support.cli import Command, Finished
from tests.support.index import FINGERPRINT


def one_line(done: Finished) -> str:
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    return done.err.removeprefix("pincite: ").strip()


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of one's own: two documents, three questions."""
    folder = tmp_path / "own"
    (folder / "documents").mkdir(parents=True)
    text = "# Fees\n\nThe restocking fee for a returned gateway is EUR 30.\n"
    (folder / "documents" / "fees.md").write_text(text, encoding="utf-8")
    (folder / "documents" / "other.md").write_text("# Cafe\n\nThe cafe opens at eight.\n", encoding="utf-8")
    (folder / "suite.yaml").write_text("name: own\nversion: 1\ndocuments: documents\n", encoding="utf-8")
    from app.ingestion.load import load_file

    loaded = load_file(folder / "documents" / "fees.md")
    quote = "The restocking fee for a returned gateway is EUR 30."
    start = loaded.text.index(quote)
    end = start + len(quote)
    place = {"document": "fees.md", "version": loaded.version, "start": start, "end": end, "quote": quote}
    asked = "What is the restocking fee for a returned gateway?"
    questions = [
        {"id": "a", "kind": "single", "question": asked, "answer": "EUR 30.", "nuggets": [["EUR 30"]]}
        | {"answerable": True, "gold": [place]},
        {"id": "b", "kind": "none", "question": "Who won the world cup in 2022?", "answerable": False},
    ]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_run_compare_keep_and_report(command: Command, suite: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs-of-mine"
    environment = {"PINCITE_EVAL_RUNS": str(runs)}
    done = command("eval", "run", "--suite", str(suite), "--note", "first", **environment)
    assert done.code == 0, done.err
    assert "Right                      1.000  n=2" in done.out
    assert "Leaks                          0  (0 in 2 items" in done.out
    assert done.err == ""
    (file,) = runs.glob("own-extractive-*.jsonl")
    made = read_run(file)
    assert (made.header.note, made.header.documents, made.header.judges) == ("first", 2, {})
    assert made.header.prompts.keys() == {
        "answer",
        "answer.small",
        "contextualize",
        "entailment",
        "second_reader",
    }
    assert made.header.packages["langsmith"]
    kept = command("eval", "baseline", "latest", "--out", str(tmp_path / "base.jsonl"), **environment)
    assert kept.code == 0, kept.err
    compared = command("eval", "compare", str(tmp_path / "base.jsonl"), "latest", **environment)
    assert compared.code == 0, compared.err
    assert compared.out.rstrip().endswith("passes: nothing got worse beyond chance")
    page = command(
        "eval",
        "report",
        "--against",
        str(tmp_path / "base.jsonl"),
        "--out",
        str(tmp_path / "page.html"),
        **environment,
    )
    assert page.code == 0, page.err
    assert "<strong>Passes</strong>" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert list((tmp_path / "command-home").glob("*")) == [], "the data folder is not the suite's"


def test_a_fall_gives_exit_code_1_and_says_why(command: Command, tmp_path: Path) -> None:
    write_run(tmp_path / "a.jsonl", toy())
    write_run(tmp_path / "b.jsonl", toy(range(20)))
    done = command("eval", "compare", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl"))
    assert done.code == 1
    assert "\nBLOCKED\n" in done.out
    assert "newly failing (20): q000, q001" in done.out
    better = command("eval", "compare", str(tmp_path / "b.jsonl"), str(tmp_path / "a.jsonl"))
    assert better.code == 0
    strict = command(
        "eval", "compare", str(tmp_path / "a.jsonl"), str(tmp_path / "a.jsonl"), "--margin", "0.02"
    )
    assert (strict.code, "passes: nothing fell by more than 0.02" in strict.out) == (0, True)


def test_power_says_what_the_items_can_show(command: Command, tmp_path: Path) -> None:
    write_run(tmp_path / "a.jsonl", toy(range(20)))
    write_run(tmp_path / "b.jsonl", toy(range(10, 25)))
    done = command("eval", "power", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl"))
    assert done.code == 0, done.err
    assert "measured on two runs" in done.out
    alone = command("eval", "power", str(tmp_path / "a.jsonl"), "--difference", "0.1")
    assert "correlation 0.8 with the next assumed" in alone.out
    assert "items for 0.1" in alone.out


def test_a_gate_is_calibrated_on_a_run_and_used(command: Command, tmp_path: Path) -> None:
    """Of 300 answers that score .7 one in ten is wrong, of 300 that score .5 every second."""
    items = [item(f"q{n:03}", n % 10 != 0, score=0.7) for n in range(300)]
    items += [item(f"r{n:03}", n % 2 != 0, score=0.5) for n in range(300)]
    write_run(tmp_path / "a.jsonl", run(items, embedder=FINGERPRINT))
    kept = tmp_path / "kept" / "gate.json"
    asked = ("eval", "gate", str(tmp_path / "a.jsonl"), "--out", str(kept))
    refused = command(*asked, "--most-wrong", "0.05")
    assert (refused.code, kept.exists()) == (1, False)
    assert "not written: no score of the calibration toy-extractive-1 (600 questions) shows" in refused.out
    done = command(*asked, "--most-wrong", "0.2")
    assert done.code == 0, done.err
    assert "         0.20   0.51      0.50  0.10 (30/300; 0.07–0.14)" in done.out
    assert "         0.10   none" in done.out
    assert f"PINCITE_ANSWER__CALIBRATION={kept} PINCITE_ANSWER__MOST_WRONG=0.2" in done.out
    plain = command(*asked)
    assert plain.out.endswith("PINCITE_ANSWER__MOST_WRONG=0.2\n"), "the least of the table that is shown"
    chosen = {"PINCITE_ANSWER__CALIBRATION": str(kept), "PINCITE_ANSWER__MOST_WRONG": "0.2"}
    answer = json.loads(command("ask", "--json", "What is the fee?", **chosen).out)
    (looked, *_) = answer["receipt"]["rerankings"]
    assert (looked["needed"], looked["rule"]["calibration"]) == (0.51, "toy-extractive-1")
    stopped = command("ask", "What is the fee?", **chosen | {"PINCITE_ANSWER__MOST_WRONG": "0.05"})
    assert one_line(stopped).startswith("PINCITE_ANSWER__MOST_WRONG=0.05 cannot be held: no score")


def test_a_gate_is_not_calibrated_on_what_a_model_said(command: Command, tmp_path: Path) -> None:
    write_run(tmp_path / "a.jsonl", toy(models=["openai:gpt"]))
    told = one_line(command("eval", "gate", str(tmp_path / "a.jsonl")))
    assert told == "toy-extractive-1 was answered by openai:gpt; calibrate on a run without a model"
    write_run(tmp_path / "b.jsonl", run([item("q", ungated=None)]))
    assert "has no scored answers" in one_line(command("eval", "gate", str(tmp_path / "b.jsonl")))


def test_a_judge_is_calibrated_over_the_wire(command: Command, tmp_path: Path) -> None:
    labels = [{"id": f"{n}", "question": "q", "answer": "a", "label": "pass"} for n in range(3)]
    labels.append({"id": "x", "question": "q", "answer": "a", "label": "fail"})
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, labels)), encoding="utf-8")
    reply = Reply(content=json.dumps({"reasoning": "Fine.", "score": True}))
    with serve_model([reply]) as model:
        environment = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": model.url, "PINCITE_JUDGE_MODEL": "openai:j"}
        folder = ("--out", str(tmp_path / "kept"))
        done = command(
            "eval", "calibrate", "off-question", str(tmp_path / "labels.jsonl"), *folder, **environment
        )
    assert done.code == 1, done
    assert "TPR 1.00 (0.44 to 1.00, n=3), TNR 0.00 (0.00 to 0.79, n=1)" in done.out
    assert "TPR or TNR is under 0.8: do not rely on this judge." in done.out
    assert "disagrees with people on: x" in done.out


def test_a_judge_without_a_model_did_not_run(command: Command, suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    done = command("eval", "run", "--suite", str(suite), "--judge", "all", "--out", str(out))
    assert done.code == 0, done.err
    assert "judge off-question: not run: no judging model" in done.out
    assert all("not_run" in judge for judge in read_run(out).header.judges.values())


def test_every_judge_of_a_run_is_asked_over_the_wire(command: Command, suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    reply = Reply(content=json.dumps({"reasoning": "Fine.", "score": True}))
    with serve_model([reply]) as model:
        environment = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": model.url}
        asked = ("--judge", "all", "--judge-model", "openai:j", "--out", str(out))
        done = command("eval", "run", "--suite", str(suite), *asked, **environment)
    assert done.code == 0, done.err
    assert "judge off-question: 1 of 1 pass (model openai:j). Not calibrated" in done.out
    verdicts = {item.id: item.judgements for item in read_run(out).items}
    assert verdicts["a"]["unsupported-claim"]["pass"] is True
    assert verdicts["a"]["wrong-abstention"] == {"pass": None, "why": "does not apply"}
    assert verdicts["b"]["wrong-abstention"]["pass"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--suite", "none"), "no suite 'none'; known: isbrook"),
        (("run", "--preset", "none"), "no preset 'none'"),
        (("run", "--set", "top_k=3"), "--set top_k: there is no such setting"),
        (("run", "--stage", "guess"), "--stage guess: there are answer and retrieve"),
        (("run", "--judge", "taste"), "no judge 'taste'"),
        (("run", "--upload"), "LangSmith is not configured"),
        (("compare", "none", "none"), "there is no run 'none'"),
        (("compare", "baseline", "latest"), "there are no runs in"),
        (("report",), "there are no runs in"),
        (("push",), "LangSmith is not configured"),
        (("calibrate", "taste", "x.jsonl"), "no judge 'taste'"),
        (("calibrate", "off-question", "x.jsonl"), "there are no labels at x.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_line(command: Command, arguments: tuple[str, ...], said: str) -> None:
    assert said in one_line(command("eval", *arguments))


def test_help_is_quick_and_names_the_commands(command: Command) -> None:
    command("eval", "--help")
    began = time.monotonic()
    done = command("eval", "--help")
    assert time.monotonic() - began < 1
    for name in ("run", "compare", "power", "baseline", "report", "calibrate", "push"):
        assert f"\n  {name} " in done.out
