"""The front door: suffixes, sizes, files that lie, files that go away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import READABLE_SUFFIXES, LoadLimits, load_bytes, load_file

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"


def code_of(name: str, data: bytes, limits: LoadLimits = LoadLimits()) -> str:  # noqa: B008
    with pytest.raises(LoadError) as caught:
        load_bytes(name, data, limits)
    assert "\n" not in caught.value.reason
    assert caught.value.hint
    return caught.value.code


def test_load_file_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "Sick-Leave.MD"
    path.write_text("Call in.")
    assert load_file(path).title == "Sick Leave"


@pytest.mark.parametrize("suffix", sorted(READABLE_SUFFIXES))
def test_every_type_reports_empty_files(suffix: str) -> None:
    assert code_of(f"a{suffix}", b"") == "empty"
    assert code_of(f"a{suffix}", b" \n\t ") == "empty"


def test_a_file_with_front_matter_only_is_empty() -> None:
    assert code_of("a.md", b"---\ntitle: x\n---\n") == "empty"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.exe", b"x", "unsupported-type"),
        ("README", b"x", "unsupported-type"),
        ("a.md", PDF, "not-markdown"),
        ("a.html", PDF, "not-html"),
        ("a.csv", b"PK\x03\x04" + b"\0" * 50, "not-csv"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "not-text"),
        ("a.mht", b"\x1f\x8b\x08\x00", "not-mhtml"),
        ("a.pdf", b"# Title", "not-pdf"),
        ("a.xlsx", b"Plan,Price", "not-xlsx"),
        ("a.py", PDF, "not-code"),
        ("a.eml", b"PK\x03\x04" + b"\0" * 50, "not-mail"),
        ("a.txt", b"ab\x00cd", "binary"),
        ("a.md", b"\xff\xd8\xff\xe0", "not-markdown"),
        ("a.md", b"\x80\x81\x82\x01\x02" * 100, "binary"),
    ],
)
def test_files_that_are_not_what_they_say(name: str, data: bytes, code: str) -> None:
    assert code_of(name, data) == code


def test_utf16_text_is_not_mistaken_for_binary() -> None:
    assert load_bytes("a.txt", "Hällo".encode("utf-16")).text == "Hällo"


def test_size_is_checked_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"x" * 2000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read"))
    with pytest.raises(LoadError, match=r"2\.0 KiB .* 1000 bytes.*PINCITE_INGEST__MAX_FILE_MB") as caught:
        load_file(path, LoadLimits(max_file_bytes=1000))
    assert caught.value.code == "too-large"


def test_too_much_text() -> None:
    assert code_of("a.md", b"word " * 100, LoadLimits(max_text_chars=100)) == "too-large"


def test_a_file_that_vanished_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        load_file(tmp_path / "gone.md")
    assert (caught.value.code, caught.value.retryable) == ("vanished", True)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.md"
    path.write_text("x")
    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything, so modes prove nothing
    with pytest.raises(LoadError) as caught:
        load_file(path)
    assert caught.value.code == "unreadable"


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    folder = tmp_path / "a.md"
    folder.mkdir()
    with pytest.raises(LoadError) as caught:
        load_file(folder)
    assert caught.value.code == "unreadable"


def test_importing_is_nearly_free() -> None:
    heavy = "bs4 lxml mammoth pypdfium2 markdownify markdown_it yaml langchain_community".split()
    heavy += "openpyxl pptx olefile striprtf".split()
    code = "import sys, app.ingestion.load, app.ingestion.split; "
    code += f"print([m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.doc", "save it as .docx"),
        ("a.PNG", "run OCR first"),
        ("a.zip", "unpack it"),
        ("a.mp3", "transcript"),
    ],
)
def test_kinds_that_are_not_read_say_what_to_do(name: str, words: str) -> None:
    with pytest.raises(LoadError, match=words):
        load_bytes(name, b"x")


def test_a_reader_that_trips_gives_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*_: object) -> None:
        raise KeyError("rId7\n")

    monkeypatch.setattr("app.ingestion.load.readers.read_as", trip)
    assert code_of("a.md", b"x") == "reader-failed"
