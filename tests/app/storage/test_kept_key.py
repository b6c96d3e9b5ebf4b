"""The key that seals state between processes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.storage.kept_key import KeyFileError, kept_key


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "state.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: kept_key(path), range(16)))
    assert len(keys) == 1
    assert keys == {path.read_bytes()}
    assert len(path.read_bytes()) == 32
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert kept_key(tmp_path / "other" / "state.key") not in keys


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_one_line(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "state.key"
    path.write_bytes(damaged)
    with pytest.raises(KeyFileError, match="is damaged; delete it"):
        kept_key(path)
