"""What is looked at of an index while it is written."""

from __future__ import annotations

from pathlib import Path

from app.recovery.index_checks import size_of


def test_a_file_that_a_writer_has_just_taken_away_has_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.idx").write_bytes(b"four")
    assert (size_of(tmp_path / "a.idx"), size_of(tmp_path / "gone.idx")) == (4, 0)
