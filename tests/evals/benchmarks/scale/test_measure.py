"""The scale benchmark, small: what it writes is what it says, and what it finds is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.registry.new_document import NewDocument
from evals.benchmarks.cli import bench
from evals.benchmarks.scale import ask as scale_ask
from evals.benchmarks.scale import measure as scale
from evals.benchmarks.scale.corpus import (
    PASSAGES_PER_DOCUMENT,
    DrawnVectors,
    allowed_documents,
    document,
    find_source,
    nearest_exactly,
)
from evals.benchmarks.scale.report import markdown


def test_without_data_the_texts_are_those_that_come_with_python() -> None:
    source = find_source(None, 20)
    assert "Python" in source.name
    assert len(source.sentences) > 1000
    assert len(source.questions) == 20
    assert source == find_source(None, 20)


def test_documents_are_the_same_on_every_run_and_in_the_groups_the_table_names() -> None:
    source = find_source(None, 1)
    made = [document(source, number, "p") for number in range(200)]
    assert made == [document(source, number, "p") for number in range(200)]
    assert all(len(one.spans) == PASSAGES_PER_DOCUMENT for one in made)
    for group, area in [*scale_ask.SCOPES.values(), ("hundredth", "0")]:
        allowed = allowed_documents(200, group, area)
        assert [may_read(one, group, area) for one in made] == allowed.tolist()


def may_read(one: NewDocument, group: str, area: str | None) -> bool:
    return group in one.readers and (area is None or one.facts()["area"] == [area])


def test_vectors_are_drawn_around_the_base_and_kept_to_compare_with(tmp_path: Path) -> None:
    base = np.eye(3, 16, dtype=np.float32)
    drawn = DrawnVectors(base, tmp_path / "truth")
    vectors = np.array([*drawn.embed_documents(["a"] * 5), *drawn.embed_documents(["a"] * 4)])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(9), abs=1e-5)
    assert (vectors @ base.T).max(axis=1).min() > 0.9
    assert len(np.unique(vectors, axis=0)) == 9
    masks = [np.ones(9, bool), np.arange(9) < 4]
    best, among = nearest_exactly(tmp_path / "truth", vectors[6], masks, 3)
    assert best[0] == 6
    assert len(best) == len(among) == 3
    assert among.max() < 4


def test_a_small_run_is_exact_and_prints_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "BASES", 4)
    built = scale.build(tmp_path, 30, None, tmp_path / "cache" / "vectors.sqlite")
    assert built["passages"] == 30 * PASSAGES_PER_DOCUMENT
    assert {"registry.sqlite", "rows", "words"} <= built["disk"].keys()
    with scale.open_room(tmp_path) as corpus:
        asked = scale_ask.ask(corpus, tmp_path / scale.TRUTH, 30, find_source(None, 4), lambda _: None)
    for name, row in asked["rows"].items():
        assert row["recall"]["100"] > 0.97, name
        assert row["whole"]["p50"] >= row["lexical"]["p50"] > 0
    page = markdown({"machine": "One core", "build": built, "ask": asked})
    assert page.startswith("# Retrieval over 240 passages\n")
    assert "| group half | 50.00% |" in page


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    done = CliRunner().invoke(bench, ["scale", "--passages", "80", "--folder", str(tmp_path)])
    assert done.exit_code == 2
    assert "is not empty and holds no finished index; choose another folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
