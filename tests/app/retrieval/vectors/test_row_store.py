"""The rows of an index: what is erased is gone, and of two files the right one counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.vectors import row_store
from app.retrieval.vectors.row_store import RowStore
from app.retrieval.vectors.store import StorePlace
from app.testing.vector_store_suite import allowed, vectors


def place(folder: Path) -> StorePlace:
    return StorePlace(folder / "rows", "made-by/space", None, lambda: "x")


def filled(folder: Path, made: np.ndarray) -> RowStore:
    store = RowStore(place(folder))
    store.refresh(0, anew=True)
    store.upsert(range(1, len(made) + 1), made)
    store.refresh(len(made), anew=False)
    return store


def file_of(folder: Path) -> Path:
    (file,) = (folder / "rows").rglob("*.rows")
    return file


def test_what_is_deleted_is_not_left_on_the_disk(tmp_path: Path) -> None:
    made = vectors(3)
    filled(tmp_path, made[:2])
    before = file_of(tmp_path).read_bytes()
    store = filled(tmp_path / "other", made)
    codes = before[64 + 44 : 64 + 44 + 32]
    assert codes in file_of(tmp_path / "other").read_bytes()
    store.delete([2])
    assert codes not in file_of(tmp_path / "other").read_bytes()


def test_a_reader_goes_on_while_rows_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_store, "_MANY_GONE", 4)
    made = vectors(12)
    writer, reader = filled(tmp_path, made), RowStore(place(tmp_path))
    reader.refresh(12, anew=True)
    everything = allowed(range(1, 13), 12)
    assert reader.nearest(made[11], 1, everything).hits[0][0] == 12
    writer.delete([1, 2, 3, 4])
    before = file_of(tmp_path)
    writer.end_writing()
    assert file_of(tmp_path) != before
    assert reader.nearest(made[11], 1, everything).hits[0][0] == 12
    reader.refresh(12, anew=True)
    assert reader.nearest(made[11], 1, everything).hits[0][0] == 12
    assert reader.numbers() == set(range(5, 13))


def test_a_copy_whose_writer_was_killed_counts_and_the_old_file_is_taken_away(tmp_path: Path) -> None:
    made = vectors(6)
    store = filled(tmp_path, made)
    old = file_of(tmp_path)
    shutil.copy(
        old, old.with_name(old.name.replace(".0.rows", ".1.rows"))
    )  # complete, the old one still there
    old.with_name(old.name.replace(".0.rows", ".2.rows.part")).write_bytes(b"half")
    again = RowStore(place(tmp_path))
    again.refresh(6, anew=True)
    again.upsert([7], vectors(1, seed=5))
    again.end_writing()
    again.refresh(7, anew=True)
    assert again.numbers() == set(range(1, 8))
    assert file_of(tmp_path).name.endswith(".1.rows")
    store.refresh(7, anew=True)
    assert store.numbers() == set(range(1, 8))


def test_an_open_reader_takes_nothing_of_a_lost_file_for_its_own(tmp_path: Path) -> None:
    made, others = vectors(6), vectors(6, seed=3)
    reader = filled(tmp_path, made)
    file_of(tmp_path).unlink()
    writer = RowStore(place(tmp_path))
    writer.refresh(6, anew=True)
    writer.upsert([2, 4, 6], others[:3])
    reader.refresh(6, anew=True)
    assert reader.numbers() == {2, 4, 6}
    assert reader.cosines(others[1], [4])[4] == pytest.approx(1.0, abs=0.01)
