"""Notes of deletions that a killed writer left: the next writer is not stopped by them."""

from __future__ import annotations

import json
from pathlib import Path

from app.retrieval.unfinished_deletes import drop_unfinished_deletes


def test_only_what_no_commit_names_goes(tmp_path: Path) -> None:
    segments = [
        {"segment_id": "37d1b8d1-4adc", "max_doc": 3, "deletes": {"num_deleted_docs": 1, "opstamp": 25}},
        {"segment_id": "e678a1d4-f779", "max_doc": 1, "deletes": None},
    ]
    (tmp_path / "meta.json").write_text(json.dumps({"segments": segments}))
    for name in ("37d1b8d14adc.25.del", "37d1b8d14adc.23.del", "e678a1d4f779.23.del", "e678a1d4f779.term"):
        (tmp_path / name).write_bytes(b"x")
    assert drop_unfinished_deletes(tmp_path) == 2
    assert {one.name for one in tmp_path.iterdir()} == {
        "meta.json", "37d1b8d14adc.25.del", "e678a1d4f779.term",
    }  # fmt: skip


def test_an_index_that_is_damaged_or_not_there_is_left_alone(tmp_path: Path) -> None:
    assert drop_unfinished_deletes(tmp_path) == 0
    (tmp_path / "a.1.del").write_bytes(b"x")
    (tmp_path / "meta.json").write_text("{")
    assert drop_unfinished_deletes(tmp_path) == 0
    assert (tmp_path / "a.1.del").exists()
