"""Nobody but their owner reads the files of the data folder, whatever the process's umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import open_pincite
from app.settings import Settings
from app.storage.private_files import (
    close_to_others,
    make_private_file,
    make_private_folder,
    open_to_others,
)
from tests.support.cli import Command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def modes(home: Path) -> dict[str, int]:
    return {str(path.relative_to(home)): mode(path) for path in (home, *home.rglob("*"))}


def test_folders_and_files_are_made_for_their_owner(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.sqlite"
    make_private_file(file)
    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    file.write_text("kept")
    make_private_file(file)
    make_private_folder(file.parent)
    assert file.read_text() == "kept"
    with pytest.raises(FileExistsError):
        make_private_folder(file)


def test_what_is_open_is_closed_and_links_are_left_alone(tmp_path: Path) -> None:
    home, outside = tmp_path / "home", tmp_path / "outside.txt"
    (home / "words").mkdir(parents=True)
    (home / "words" / "meta.json").write_text("{}")
    outside.write_text("somebody's")
    (home / "link").symlink_to(outside)
    before = mode(outside)
    assert len(open_to_others(home)) == 3
    assert close_to_others(home) == 0
    assert open_to_others(home) == []
    assert mode(home / "words" / "meta.json") == 0o600
    assert mode(home) == 0o700
    assert mode(outside) == before
    assert open_to_others(tmp_path / "nothing") == []


def test_every_file_that_commands_and_hosts_make_is_private(
    command: Command, documents: Path, tmp_path: Path
) -> None:
    assert command("add", str(documents), "--source", "handbook").code == 0
    assert command("ask", "When does the cafe open?", "--thread", "t").code == 0
    found = modes(command.home)
    assert len(found) > 8
    assert {name: bits for name, bits in found.items() if bits & 0o077} == {}
    # A host's process, with drafts remembered.
    settings = Settings.model_validate({"home": tmp_path / "host", "cache": {"answers": True}})
    with open_pincite(settings) as pincite:
        pincite.ask("When does the cafe open?", thread_id="t")
        assert {name: bits for name, bits in modes(settings.home).items() if bits & 0o077} == {}
    assert os.umask(0) == 0


def test_a_folder_of_before_is_closed_when_it_is_opened_and_doctor_says_so(filled: Command) -> None:
    for path in (filled.home, *filled.home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = [line for line in filled("doctor").out.splitlines() if " privacy: " in line]
    assert len(told) == 1
    assert "are closed now" in told[0]
    assert open_to_others(filled.home) == []
    assert " privacy: " not in filled("doctor").out
    (filled.home / "default" / "registry.sqlite").chmod(0o644)
    filled("list")
    assert open_to_others(filled.home) == []


def test_a_data_folder_among_other_files_keeps_its_own_rights(command: Command, documents: Path) -> None:
    command.home.mkdir(mode=0o755)
    (command.home / "mine.txt").write_text("not Pincite's")
    command("add", str(documents), "--source", "handbook")
    assert (mode(command.home), mode(command.home / "mine.txt")) == (0o755, 0o666)
    assert open_to_others(command.home / "default") == []
