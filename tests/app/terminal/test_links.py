"""Symbolic links that leave a folder: skipped, named, and out of the answers where they were read before."""

from __future__ import annotations

from pathlib import Path

from tests.support.cli import Command


def test_a_link_out_of_the_folder_is_told_and_its_words_go(command: Command, tmp_path: Path) -> None:
    outside, tree = tmp_path / "passwd", tmp_path / "tree"
    tree.mkdir()
    outside.write_text("root is the superuser of the walrus server\n")
    (tree / "own.md").write_text("The ferry leaves at nine.\n")
    (tree / "users.txt").write_text(outside.read_text())
    assert command("sync", str(tree), "--source", "s").code == 0
    (tree / "users.txt").unlink()
    (tree / "users.txt").symlink_to(outside)
    done = command("sync", str(tree), "--source", "s")
    assert (done.code, "1 removed" in done.out) == (0, True)
    (told,) = [line for line in done.err.splitlines() if "users.txt" in line]
    assert "a symbolic link that leaves the folder" in told
    assert "walrus" not in command("ask", "Who is the superuser of the walrus server?").out.replace(
        "the walrus server?", ""
    )
    assert "walrus" not in command("list").out


def test_many_links_are_counted(command: Command, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "own.md").write_text("The ferry leaves at nine.\n")
    for number in range(25):
        (tree / f"link-{number}.md").symlink_to("/etc/hostname")
    err = command("add", str(tree)).err
    assert err.count("is a symbolic link that leaves the folder") == 10
    assert "15 more symbolic links" in err
