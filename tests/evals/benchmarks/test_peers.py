"""The side-by-side benchmark's own parts: the part of a set, the contract with a script, the table."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from evals.benchmarks.peers import table
from evals.benchmarks.peers.contract import Given, Output, Ranked, read_inputs, write_inputs
from evals.benchmarks.peers.inputs import part_of
from evals.benchmarks.peers.run import PeerError, Script, run_script
from evals.benchmarks.peers.table import DEFAULT, SetRun
from evals.benchmarks.public_data import DataItem, RetrievalSet

QUESTIONS = {f"q{n}": f"Who keeps lamp {n}?" for n in range(6)}
DATA = RetrievalSet(
    "lamps",
    tuple(DataItem(f"d{n}", "", f"Lamp {n} is kept by Ida.") for n in range(30)),
    QUESTIONS,
    {f"q{n}": {f"d{n}": 1, f"d{n + 10}": 1} for n in range(6)},
)
PEER = """
import json, sys
from pathlib import Path
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
asked = [json.loads(line)["id"] for line in (folder / "queries.jsonl").open()]
first = json.loads((folder / "corpus.jsonl").open().readline())["id"]
ms = {key: 1.0 for key in asked}
fake = {"documents": {key: [first] for key in asked}, "first_ms": ms, "again_ms": ms}
whole = {"passages": 3, "rate_documents": 1, "rate_passages": 1, "rate_seconds": 0.5, "peak_mb": 9.0,
         "versions": {}, "systems": {"fake": fake}}
"""


def _run(folder: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> Output:
    (folder / "fake_peer.py").write_text(PEER + last, encoding="utf-8")
    monkeypatch.setattr("evals.benchmarks.peers.run._environment", lambda: {"PYTHONPATH": str(folder)})
    documents = [Given("a", "", "Lamp."), Given("b", "", "Bulb.")]
    return run_script(Script("fake_peer", Path(sys.executable)), documents, QUESTIONS, folder / "v", 1)


def _set_run(**found: list[str]) -> SetRun:
    """Systems that rank the named documents for every question; ``default`` is Pincite's."""
    systems = {
        DEFAULT if name == "default" else name: Ranked(
            documents={q: [one.format(q[1:]) for one in documents] for q in QUESTIONS},
            first_ms=dict.fromkeys(QUESTIONS, 20.0),
            again_ms=dict.fromkeys(QUESTIONS, 10.0),
        )
        for name, documents in found.items()
    }
    output = Output(
        passages=30,
        rate_documents=4,
        rate_passages=8,
        rate_seconds=2.0,
        peak_mb=100,
        versions={"lamp": "1.0"},
        systems=systems,
    )
    return SetRun(DATA, {"one": output})


def test_a_part_keeps_every_judged_document_and_is_drawn_the_same_each_time() -> None:
    part = part_of(DATA, 3, 12)

    judged = {item for grades in part.qrels.values() for item in grades}
    ids = [item.id for item in part.items]
    assert len(part.questions) == 3
    assert part.qrels.keys() == part.questions.keys()
    assert len(ids) == 12
    assert judged <= set(ids)
    assert ids == [item.id for item in DATA.items if item.id in set(ids)]
    assert part_of(DATA, 3, 12) == part


def test_judged_documents_stay_where_they_are_more_than_asked_for() -> None:
    part = part_of(DATA, 0, 4)

    assert {item.id for item in part.items} == {item for g in DATA.qrels.values() for item in g}


def test_inputs_are_read_as_they_were_written(tmp_path: Path) -> None:
    documents = [Given("a", "Lamps", "A line.\u2028Another\nand «one» more."), Given("b", "", "Bulb.")]

    write_inputs(tmp_path, documents, QUESTIONS)

    assert read_inputs(tmp_path) == (documents, QUESTIONS)
    assert [one.with_title[:5] for one in documents] == ["Lamps", "Bulb."]


def test_a_script_that_keeps_the_contract_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = _run(tmp_path, monkeypatch, "out.write_text(json.dumps(whole))")

    assert output.systems["fake"].documents["q5"] == ["a"]
    assert output.passages == 3


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("sys.exit('no such store')", "exit code 1: no such store"),
        ("whole['extra'] = 1; out.write_text(json.dumps(whole))", "broke the contract"),
        ("out.write_text('{')", "broke the contract"),
        ("del fake['documents']['q5']; out.write_text(json.dumps(whole))", "not the questions"),
        ("fake['documents']['q5'] = ['z']; out.write_text(json.dumps(whole))", "was not given"),
    ],
)
def test_a_script_that_does_not_is_an_error_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, message: str
) -> None:
    with pytest.raises(PeerError, match=message) as error:
        _run(tmp_path, monkeypatch, last)

    assert "\n" not in str(error.value)


def test_the_table_says_who_is_first_and_by_how_much(tmp_path: Path) -> None:
    runs = [_set_run(default=["d{}", "d1{}"], other=["d29", "d{}"])]

    text = table.markdown(runs, 6, 30)
    table.write(tmp_path, runs, text)

    assert table.is_default_first(runs)
    assert "default is first" in text
    assert "On no set is another system above" in text
    kept = json.loads((tmp_path / "peers.json").read_text(encoding="utf-8"))["mean"]
    assert kept[DEFAULT]["ndcg@10"] == pytest.approx(1.0)
    assert kept["other"]["recall@10"] == pytest.approx(0.5)
    assert kept["other"]["passages_per_s"] == pytest.approx(4.0)
    assert (kept["other"]["first_ms_p50"], kept["other"]["again_ms_p50"]) == (20.0, 10.0)
    assert "Who keeps" not in (tmp_path / "peers.json").read_text(encoding="utf-8") + text


def test_the_table_admits_that_another_system_is_better() -> None:
    runs = [_set_run(default=["d29", "d{}"], other=["d{}", "d1{}"])]

    text = table.markdown(runs, 6, 30)

    assert not table.is_default_first(runs)
    assert "default is not first" in text
    assert "above it by more than the interval on: lamps: other by" in text


def test_documents_a_question_leaves_out_do_not_count() -> None:
    run = _set_run(default=["d29", "d{}", "d1{}"])
    left = RetrievalSet(
        DATA.name,
        DATA.items,
        QUESTIONS,
        DATA.qrels,
        left_out={q: frozenset({"d29"}) for q in QUESTIONS},
    )

    assert SetRun(left, run.outputs).ndcgs[DEFAULT] == pytest.approx([1.0] * 6)
