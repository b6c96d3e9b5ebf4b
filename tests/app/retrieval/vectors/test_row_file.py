"""The row file: exact to the rounding, and never longer than what was committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.vectors.row_file import HEADER_BYTES, RowFileError, Rows, RowWriter, open_rows, write_rows

DIM = 32


def unit(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    units: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units


def opened(path: Path, up_to: int, known: Rows | None = None) -> Rows:
    rows = open_rows(path, up_to, known)
    assert rows is not None
    return rows


def filled(path: Path, count: int, seed: int = 0) -> np.ndarray:
    vectors = unit(count, seed)
    RowWriter(path).append(range(1, count + 1), vectors)
    return vectors


@given(
    share=st.sampled_from([0.0, 0.01, 0.1, 0.19, 0.3, 0.9, 1.0]),
    k=st.sampled_from([0, 1, 7, 500]),
    seed=st.integers(0, 50),
)
def test_the_nearest_allowed_rows_come_with_their_cosines(
    tmp_path_factory: pytest.TempPathFactory, share: float, k: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("rows") / "v.rows"
    vectors, question = filled(path, 300, seed), unit(1, seed + 1000)[0]
    rows = opened(path, 300)
    allowed = np.random.default_rng(seed).random(300) < share
    cosines = vectors @ question
    found, mean = rows.nearest(question, k, allowed)
    if found:
        assert mean == pytest.approx(cosines[allowed].mean(), abs=0.01)
    assert len(found) == min(k, int(allowed.sum()))
    assert all(allowed[number - 1] for number, _ in found)
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    for number, cosine in found:
        assert cosine == pytest.approx(cosines[number - 1], abs=0.01)
    best = np.sort(cosines[allowed])[::-1][:k]
    assert [cosine for _, cosine in found] == pytest.approx(best.tolist(), abs=0.01)


def test_rows_beyond_the_last_committed_number_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "v.rows"
    filled(path, 10)
    assert opened(path, 7).numbers.tolist() == list(range(1, 8))
    assert opened(path, 0).numbers.tolist() == []


def test_a_reader_goes_on_from_what_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "v.rows"
    vectors = unit(30)
    writer = RowWriter(path)
    writer.append(range(1, 11), vectors[:10])
    first = opened(path, 10)
    writer.append(range(11, 31), vectors[10:])
    later = opened(path, 30, first)
    assert later.numbers.tolist() == list(range(1, 31))
    assert first.nearest(vectors[3], 1, np.ones(10, bool)).hits[0][0] == 4
    assert later.nearest(vectors[20], 1, np.ones(30, bool)).hits[0][0] == 21
    assert opened(path, 30, later).numbers.tolist() == later.numbers.tolist()


@pytest.mark.parametrize("left", [1, 8, 12])
def test_what_a_killed_writer_left_is_written_over(tmp_path: Path, left: int) -> None:
    path = tmp_path / "v.rows"
    writer = RowWriter(path)
    vectors = unit(20)
    writer.append(range(1, 6), vectors[:5])
    writer.append(range(6, 6 + left), unit(left, 9))  # never committed: the registry still gives out 6
    with path.open("ab") as file:
        file.write(b"half a record")
    size = path.stat().st_size
    again = RowWriter(path)
    again.append(range(6, 9), vectors[5:8])
    assert path.stat().st_size >= size, "a reader may have mapped the end"
    rows = opened(path, 100)
    assert rows.numbers.tolist() == list(range(1, 9))
    ((number, cosine),) = rows.nearest(vectors[6], 1, np.ones(8, bool)).hits
    assert number == 7
    assert cosine == pytest.approx(1.0, abs=0.01)


def test_a_write_that_was_rolled_back_is_written_over_by_the_same_writer(tmp_path: Path) -> None:
    path = tmp_path / "v.rows"
    writer = RowWriter(path)
    writer.append(range(1, 4), unit(3))
    writer.append(range(1, 3), unit(2, 5))
    assert opened(path, 100).numbers.tolist() == [1, 2]


def test_a_file_without_a_whole_header_is_none_at_all(tmp_path: Path) -> None:
    path = tmp_path / "v.rows"
    assert open_rows(path, 5) is None
    path.write_bytes(b"PINROWS1")
    assert open_rows(path, 5) is None
    filled(path, 3)
    assert len(opened(path, 3)) == 3


def test_another_file_and_vectors_of_another_length_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.rows"
    path.write_bytes(b"x" * (HEADER_BYTES + 500))
    with pytest.raises(RowFileError, match="not a file of vectors"):
        open_rows(path, 5)
    path.unlink()
    filled(path, 3)
    with pytest.raises(RowFileError, match="holds vectors of 32 numbers, not 8"):
        RowWriter(path).append(range(4, 5), unit(1)[:, :8])


def test_a_copy_holds_the_kept_rows(tmp_path: Path) -> None:
    path, copy = tmp_path / "v.rows", tmp_path / "w.rows"
    vectors = filled(path, 9)
    write_rows(copy, opened(path, 9), np.array([1, 4, 8]))
    rows = opened(copy, 9)
    assert rows.numbers.tolist() == [2, 5, 9]
    assert rows.nearest(vectors[4], 1, np.ones(3, bool)).hits[0][0] == 5
    assert sorted(tmp_path.iterdir()) == [path, copy]
