"""Reading a folder of odd files, with files made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks.loading import office

PAGE = b"<h1>Ferry</h1><p>The ferry leaves at nine.</p>"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sources = tmp_path / "data" / office.SET / "maker" / "html" / "sources"
    references = sources.parent / "groundtruth"
    sources.mkdir(parents=True)
    references.mkdir()
    (tmp_path / "data" / office.SET / "README.md").write_text("about")
    (sources / "good.html").write_bytes(PAGE)
    (sources / "half.html").write_bytes(PAGE)
    (sources / "lie.pdf").write_bytes(b"words")
    (sources / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (references / "good.html.md").write_text("# Ferry\n\n[The](/x) ferry leaves at nine. <!-- image -->")
    (references / "half.md").write_text("The ferry leaves at nine and returns at ten.")
    return tmp_path / "data"


def test_each_file_is_loaded_refused_or_passed_over(data: Path) -> None:
    runs = {run.path.name: run for run in office.read_all(data / office.SET, 30.0)}
    assert {name: run.state for name, run in runs.items()} == {
        "good.html": "loaded",
        "half.html": "loaded",
        "lie.pdf": "refused",
        "photo.png": "passed over",
    }
    assert (runs["good.html"].recall, runs["good.html"].precision) == (1.0, 1.0)
    assert runs["half.html"].recall == pytest.approx(5 / 9)
    assert runs["lie.pdf"].line.startswith("not-pdf: ")


def test_the_table_counts_them_and_says_what_refusals_said(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    assert office.main(["--out", str(tmp_path / "out"), "--files"]) == 0
    table = (tmp_path / "out" / "office.md").read_text(encoding="utf-8")
    assert "| .html | 2 | 2 | 0 | 0 | 0 | 0 |" in table
    assert "| **all** | 4 | 2 | 1 | 1 | 0 | 0 |" in table
    assert "- .pdf (1): not-pdf: " in table
    assert "good.html" in capsys.readouterr().out


def test_a_file_that_hangs_or_crashes_fails_the_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support import bad_reader

    monkeypatch.setattr("app.ingestion.reader.reader_process", bad_reader)
    monkeypatch.setattr(office, "LIMIT_S", 5.0)  # a reader starts in less, on a busy machine too
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(data))
    sources = data / office.SET / "maker" / "html" / "sources"
    (sources / "hang.html").write_bytes(PAGE)
    (sources / "crash.html").write_bytes(PAGE)
    assert office.main(["--out", str(tmp_path / "out")]) == 1
    table = (tmp_path / "out" / "office.md").read_text(encoding="utf-8")
    assert "| .html | 4 | 2 | 0 | 0 | 1 | 1 |" in table


def test_an_absent_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.main([]) == 2
    assert "PINCITE_EVAL_DATA" in capsys.readouterr().err
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path))
    assert office.main([]) == 2
    assert "office_samples: absent, skipped" in capsys.readouterr().err
