"""The benchmark of vector stores, small: every number is there, and what is found is right."""

from __future__ import annotations

from pathlib import Path

from evals.benchmarks.scale import vector_stores


def test_rows_are_written_and_asked(tmp_path: Path) -> None:
    line = vector_stores.write_first("rows", tmp_path / "first")
    line |= vector_stores.write_all("rows", tmp_path / "all", 600)
    line |= vector_stores.append("rows", tmp_path / "all", 600)
    line |= vector_stores.ask("rows", tmp_path / "all", 600, 5)
    assert line["disk_mib"] * 2**20 == 600 * 396 + 64
    for share, fewest in (("100%", 100), ("50%", 100)):
        assert line["ask"][share]["recall"] > 0.9
        assert line["ask"][share]["fewest"] == fewest
    page = vector_stores.report({"machine": "a machine", "questions": 5, "sizes": {"600": {"rows": line}}})
    assert "| rows | 100% | " in page


def test_both_are_written(tmp_path: Path) -> None:
    vector_stores.write_all("both", tmp_path, 300)
    assert {path.name for path in tmp_path.iterdir()} == {"rows", "chroma"}
