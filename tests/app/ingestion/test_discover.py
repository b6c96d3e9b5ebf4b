"""Which files a command means."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.ingestion.discover import FoundFile, SourceNameError, discover
from app.ingestion.pipeline import missing_outcomes


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    files = "b.md a.md sub/c.txt sub/Ünï-cöde.md .hidden.md .git/x.md node_modules/y.md sub/z.xyz LICENSE"
    for name in files.split():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")
    return root


def names(found_files: Sequence[FoundFile]) -> list[str]:
    return [file.path.name for file in found_files]


def test_a_folder_means_its_readable_files_in_a_fixed_order(tree: Path) -> None:
    found = discover([tree], None)
    assert names(found.files)[:2] == ["a.md", "b.md"]
    assert "c.txt" in names(found.files)
    assert not {".hidden.md", "x.md", "y.md", "z.xyz"} & set(names(found.files))
    assert found.passed_over == {".xyz": 1, "(no suffix)": 1}
    assert [file.uri for file in found.files] == [file.uri for file in discover([tree], None).files]


def test_what_tools_write_for_tools_is_passed_over(tmp_path: Path) -> None:
    files = "package-lock.json jquery.min.js app.js env/pyvenv.cfg env/lib/site.py site-packages/x.py min.js"
    for name in files.split():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("words")
    found = discover([tmp_path], None)
    assert names(found.files) == ["app.js", "min.js"]
    assert found.passed_over == {"(generated)": 2}
    assert names(discover([tmp_path / "package-lock.json"], None).files) == ["package-lock.json"]


def test_a_file_that_is_named_is_read_whatever_its_suffix(tree: Path) -> None:
    found = discover([tree / "LICENSE", tree / ".hidden.md"], None)
    assert names(found.files) == ["LICENSE", ".hidden.md"]


def test_a_source_names_files_by_their_place_below_the_folder(tree: Path, tmp_path: Path) -> None:
    here = [file.uri for file in discover([tree], "hand book").files]
    assert here[0] == "source://hand%20book/a.md"
    moved = tree.rename(tmp_path / "moved")
    assert [file.uri for file in discover([moved], "hand book").files] == here


def test_without_a_source_the_whole_path_is_the_name(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    relative, absolute = discover([Path("a.md")], None), discover([tree / "a.md"], None)
    assert relative.files[0].uri == absolute.files[0].uri == (tree / "a.md").as_uri()


def test_the_same_file_named_twice_is_one(tree: Path) -> None:
    found = discover([tree, tree / "a.md", tree], None)
    assert names(found.files).count("a.md") == 1
    assert found.clashes == []


def test_two_files_that_would_be_one_document_are_told_apart(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("different")
    found = discover([tree, other], "handbook")
    assert names(found.files).count("a.md") == 1
    (outcome,) = missing_outcomes(found)
    assert (outcome.status, outcome.name) == ("failed", str(other / "a.md"))
    assert outcome.error is not None
    assert str(tree / "a.md") in str(outcome.error)


def test_links_that_lead_nowhere_or_in_circles_end(tree: Path, tmp_path: Path) -> None:
    (tree / "sub" / "up").symlink_to(tree)
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    found = discover([tree, tmp_path / "gone.md", tmp_path / "never"], None)
    assert names(found.files).count("a.md") == 1
    assert found.missing == [tmp_path / "gone.md", tmp_path / "never"]


@pytest.mark.parametrize("name", ["", " ", "a/b", "files", "../up", ".hidden", "a\nb", "x" * 65, "a:b"])
def test_names_that_no_source_can_have_are_refused(tree: Path, name: str) -> None:
    with pytest.raises(SourceNameError, match="cannot be the name of a source"):
        discover([tree], name)


@pytest.mark.parametrize("name", ["handbook", "Hand book", "team-2.4_x", "資料"])
def test_ordinary_names_are_sources(tree: Path, name: str) -> None:
    assert discover([tree], name).files


def closed_folders(monkeypatch: pytest.MonkeyPatch, closed: Callable[[str], bool]) -> None:
    """Listing these folders fails. Root may list everything, so modes prove nothing."""
    real = os.scandir

    def scandir(path: str) -> object:
        if closed(os.fspath(path)):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_folder_that_cannot_be_listed_is_reported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_folders(monkeypatch, lambda path: path.endswith("sub"))
    found = discover([tree], "handbook")
    assert names(found.files) == ["a.md", "b.md"]
    (outcome,) = missing_outcomes(found)
    assert (outcome.status, outcome.uri) == ("failed", "source://handbook/sub")
    assert outcome.error is not None
    assert outcome.error.code == "unreadable"


def test_a_given_folder_that_cannot_be_listed_closes_the_whole_source(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_folders(monkeypatch, lambda path: path.endswith("tree"))
    assert [folder.uri for folder in discover([tree], "handbook").closed] == ["source://handbook"]


def test_links_that_leave_the_folder_are_named_and_not_read(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (outside / "deep").mkdir(parents=True)
    (root / "below").mkdir(parents=True)
    (outside / "secret.md").write_text("secret")
    (root / "own.md").write_text("own")
    (root / "users.txt").symlink_to(outside / "secret.md")
    (root / "below" / "up.md").symlink_to(Path("..", "..", "outside", "secret.md"))
    (root / "twice.md").symlink_to(root / "users.txt")
    (root / "folder").symlink_to(outside)
    (root / "gone.md").symlink_to(outside / "nothing.md")
    (root / "circle.md").symlink_to(root / "circle.md")
    # What stays inside is read, as before; a linked folder inside is found where it is.
    (root / "again.md").symlink_to(root / "own.md")
    (root / "same").symlink_to(root / "below")
    found = discover([root], "s")
    assert [file.path.name for file in found.files if file.path.exists()] == ["again.md", "own.md"]
    assert {path.name for path in found.leaving} >= {"users.txt", "up.md", "twice.md", "folder", "gone.md"}
    assert not {path.name for path in found.leaving} & {"again.md", "same", "own.md"}


def test_a_link_that_is_named_itself_is_meant(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "note.md").write_text("note")
    (tmp_path / "file.md").symlink_to(outside / "note.md")
    (tmp_path / "tree").symlink_to(outside)
    found = discover([tmp_path / "file.md", tmp_path / "tree"], None)
    assert [file.path.name for file in found.files] == ["file.md", "note.md"]
    assert found.leaving == []
