"""Finding and reading sets, with made-up ones in a temporary folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks.public_data import EXPECTED, FLOORS, DataItem, SetSpan, find_sets, load_set

CORPUS = [{"id": "d1", "title": "Pumps", "text": "Pumps lift."}, {"id": "d2", "text": "Valves close."}]
QUERIES = [{"id": "q1", "text": "What lifts?"}, {"id": "q2", "text": "Why?"}, {"id": "q3", "text": "Who?"}]


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write(folder: Path, qrels: list[tuple[str, str, int]], suffix: str = "") -> None:
    _lines(folder / "corpus.jsonl", CORPUS)
    _lines(folder / f"queries{suffix}.jsonl", QUERIES)
    rows = [("query-id", "corpus-id", "score"), *qrels]
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    (folder / f"qrels{suffix}.tsv").write_text(text, encoding="utf-8")


def test_sets_are_found_one_or_two_folders_deep_and_other_folders_are_not(tmp_path: Path) -> None:
    _write(tmp_path / "flat", [("q1", "d1", 1)])
    _write(tmp_path / "many" / "part", [("q1", "d1", 1)])
    _lines(tmp_path / "safety" / "items.jsonl", [{"id": "1"}])
    _lines(tmp_path / "unjudged" / "corpus.jsonl", CORPUS)
    (tmp_path / "spans" / "corpora").mkdir(parents=True)
    _lines(tmp_path / "spans" / "queries.jsonl", [])
    assert find_sets(tmp_path) == ["flat", "many/part", "spans"]


def test_questions_without_anything_relevant_are_counted_and_left_out(tmp_path: Path) -> None:
    _write(tmp_path / "set", [("q1", "d1", 2), ("q1", "d2", 0), ("q2", "d2", 0)])
    data = load_set(tmp_path, "set")
    assert data.questions == {"q1": "What lifts?"}
    assert data.qrels == {"q1": {"d1": 2}}
    assert data.unjudged == 2
    assert data.items == (DataItem("d1", "Pumps", "Pumps lift."), DataItem("d2", "", "Valves close."))


def test_a_set_that_has_only_a_part_says_which(tmp_path: Path) -> None:
    _write(tmp_path / "set", [("q1", "d1", 1)], suffix="_train")
    data = load_set(tmp_path, "set")
    assert (data.part, list(data.questions)) == ("train", ["q1"])


def test_the_main_judgements_win_over_a_part(tmp_path: Path) -> None:
    _write(tmp_path / "set", [("q1", "d1", 1)], suffix="_train")
    _write(tmp_path / "set", [("q2", "d2", 1)])
    data = load_set(tmp_path, "set")
    assert (data.part, list(data.questions)) == ("", ["q2"])


def test_a_judgement_of_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    _write(tmp_path / "set", [("q1", "d9", 1)])
    with pytest.raises(ValueError, match="'d9'"):
        load_set(tmp_path, "set")


def test_documents_named_as_sources_are_left_out_of_the_ranking(tmp_path: Path) -> None:
    _write(tmp_path / "set", [("q1", "d1", 1)])
    (tmp_path / "set" / "source_docs.tsv").write_text(
        "query-id\tcorpus-id\nq1\td2\nq3\td1\n", encoding="utf-8"
    )
    assert load_set(tmp_path, "set").left_out == {"q1": frozenset({"d2"})}


def test_quotes_in_a_table_are_characters(tmp_path: Path) -> None:
    _lines(tmp_path / "set" / "corpus.jsonl", [{"id": '"d', "text": "One."}])
    _lines(tmp_path / "set" / "queries.jsonl", [{"id": "q", "text": "One?"}])
    (tmp_path / "set" / "qrels.tsv").write_text('query-id\tcorpus-id\tscore\nq\t"d\t1\n', encoding="utf-8")
    assert load_set(tmp_path, "set").qrels == {"q": {'"d': 1}}


def _write_spans(folder: Path, start: int) -> None:
    (folder / "corpora").mkdir(parents=True)
    (folder / "corpora" / "a.md").write_bytes(b"Line one.\r\nLine two.\r\n")
    gold = {"content": "Line two.", "start_index": start, "end_index": start + 9}
    rows: list[dict[str, Any]] = [
        {"id": "q1", "text": "Two?", "corpus_id": "a", "references": [gold]},
        {"id": "q2", "text": "Absent?", "corpus_id": "b", "references": [gold]},
    ]
    _lines(folder / "queries.jsonl", rows)


def test_spans_count_characters_of_the_file_as_it_is(tmp_path: Path) -> None:
    _write_spans(tmp_path / "chunks", 11)
    data = load_set(tmp_path, "chunks")
    assert data.spans == {"q1": (SetSpan("a", 11, 20),)}
    assert data.unjudged == 1


def test_a_span_that_is_elsewhere_is_an_error(tmp_path: Path) -> None:
    _write_spans(tmp_path / "chunks", 10)
    with pytest.raises(ValueError, match="q1 has a span that is not where it says"):
        load_set(tmp_path, "chunks")


def test_every_floor_is_of_a_set_the_benchmark_knows() -> None:
    assert set(FLOORS) <= set(EXPECTED)
