"""Files that cannot be read: one clear line each, and the rest is indexed."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from app.corpus import open_corpus
from app.ingestion.discover import discover
from app.settings import Settings
from app.terminal.ingestion import run_add
from tests.support.cli import Command


def pdf(password: str | None = None) -> bytes:
    data = BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(data, encrypt=encryption)
    canvas.drawString(72, 700, "The ferry leaves the island at a quarter past nine.")
    canvas.save()
    return data.getvalue()


def archive() -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("readme.txt", "no Word document")
    return data.getvalue()


GOOD = {
    "good.md": b"# Ferry\n\nThe ferry leaves at nine.\n",
    "good.pdf": pdf(),
    "good.txt": b"The island has two harbours.\n",
}
BAD = {
    "binary.md": (bytes(range(256)) * 40, "binary data, not text"),
    "broken.pdf": (pdf()[:300] + b"\0" * 50, "PDF"),
    "empty.md": (b"", "the file is empty"),
    "locked.pdf": (pdf("secret"), "password"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\0\0", "it is a PNG image"),
    "zip.docx": (archive(), "it is a plain ZIP archive"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # holds no blocks on the disk
    os.mkfifo(folder / "pipe.md")  # reading it would wait for ever
    return folder


def test_each_bad_file_is_one_line_and_the_rest_is_indexed(command: Command, folder: Path) -> None:
    done = command("add", folder, folder / "never-there.md")
    assert done.code == 1
    reasons = {name: reason for name, (_, reason) in BAD.items()}
    reasons |= {
        "huge.txt": "the file is 200.0 MiB and the limit is 50.0 MiB",
        "pipe.md": "not a regular file",
        "never-there.md": "there is no such file or folder",
    }
    lines = done.err.splitlines()
    for name, reason in reasons.items():
        (line,) = [line for line in lines if f"/{name}:" in line]
        assert line.startswith("failed: ")
        assert reason in line
        assert "; " in line, "what to do is said too"
    assert len(lines) == len(reasons)
    assert done.out.startswith(f"source files: 3 added, 0 unchanged, {len(reasons)} failed; 3 passages")
    listed = command("list").out
    assert all(name in listed for name in GOOD)
    assert listed.count("\n") == len(GOOD)
    assert "nine" in command("ask", "When does the ferry leave?").out


def test_a_file_that_vanishes_during_the_run_fails_alone(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def discover_then_lose(*arguments: object) -> object:
        found = discover(*arguments)  # type: ignore[arg-type]
        (folder / "good.md").unlink()
        return found

    monkeypatch.setattr("app.terminal.ingestion.discover", discover_then_lose)
    with open_corpus(Settings(home=tmp_path / "home")) as corpus:
        assert run_add(corpus, [str(folder / "good.md"), str(folder / "good.txt")], None, None) == 1
        assert [record.title for record in corpus.registry.documents()] == ["good"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"failed: {folder / 'good.md'}: the file is gone")


def test_names_and_titles_cannot_write_to_the_terminal(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "a\x1b[31mred\n.txt").write_text("The lamp in the hall is five metres long.\n")
    (folder / "title.md").write_text(
        '---\ntitle: "\\e[31mRed\\tlamp"\n---\nThe \x1b[31mlamp\x9b31m is old.\n'
    )
    (folder / "bad\x1b[2J.pdf").write_bytes(b"no PDF")
    (folder / os.fsdecode(b"latin-\xe9.txt")).write_text("The caf\u00e9 is shut.\n")
    runs = [
        command("add", folder),
        command("list"),
        command("ask", "How long is the lamp in the hall?"),
        command("show", "title:0-5"),
        command("text", "title"),
        command("text", "no\x1b[31mbody"),
        command("ask", "What about \x1b[31m this?"),
    ]
    for run in runs:
        assert not set(run.out + run.err) & {"\x1b", "\x9b"}, run
    assert [run.code for run in runs] == [1, 0, 0, 0, 0, 2, 1]
    assert "\\x1b[2J" in runs[0].err
    listed = runs[1].out.splitlines()
    assert len(listed) == 3
    assert all(line.count("\t") == 6 for line in listed)


def test_a_name_that_is_no_utf_8_is_listed_and_shown(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("The café is shut.\n")
    assert command("add", folder).code == 0
    assert "caf%E9.txt" in command("list").out
    assert command("ask", "Is the café shut?").code == 0
