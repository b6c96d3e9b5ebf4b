"""Reading files in a process of their own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes
from app.ingestion.reader import FileReader, ReaderStartError
from tests.support import bad_reader

PAGE = b"---\ngroups: [hr]\n---\n# Sick leave\n\nCall in before 9:00, na\xc3\xafvely. \xf0\x9f\x98\x80\n"
MIB = 1024 * 1024


@pytest.fixture
def reader() -> Iterator[FileReader]:
    with FileReader(LoadLimits(max_file_bytes=50_000), 30.0, 1024 * MIB) as opened:
        yield opened


def failing(monkeypatch: pytest.MonkeyPatch, timeout_s: float) -> FileReader:
    monkeypatch.setattr("app.ingestion.reader.reader_process", bad_reader)
    return FileReader(LoadLimits(), timeout_s)


def code_of(reader: FileReader, name: str, data: bytes = b"words") -> str:
    with pytest.raises(LoadError) as caught:
        reader.read(name, data)
    assert caught.value.hint
    return caught.value.code


def test_what_comes_back_is_what_loading_here_gives(reader: FileReader) -> None:
    for name, data in {"leave.md": PAGE, "a.csv": b"Plan,Price\nTeam,20\n"}.items():
        assert reader.read(name, data) == load_bytes(name, data)


def test_errors_come_back_with_their_code_and_limits_hold(reader: FileReader) -> None:
    assert code_of(reader, "a.pdf") == "not-pdf"
    assert code_of(reader, "a.txt", b"x" * 60_000) == "too-large"
    name = os.fsdecode(b"caf\xe9.exe")
    assert code_of(reader, name) == "unsupported-type"


def test_a_file_that_hangs_fails_in_time_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with failing(monkeypatch, 1.0) as reader:
        begun = time.monotonic()
        assert code_of(reader, "hang.txt") == "timed-out"
        assert time.monotonic() - begun < 20
        assert reader.read("a.txt", b"words").text == "words"


def test_a_file_that_crashes_its_reader_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with failing(monkeypatch, 30.0) as reader:
        assert code_of(reader, "crash.txt") == "reader-crashed"
        assert reader.read("a.txt", b"words").text == "words"


def test_a_process_that_was_killed_meanwhile_is_replaced(reader: FileReader) -> None:
    reader.read("a.txt", b"words")
    assert reader._process is not None
    reader._process.kill()
    reader._process.wait()
    assert reader.read("a.txt", b"words").text == "words"


@pytest.mark.skipif(sys.platform == "win32", reason="no such bound there")
def test_memory_is_bounded() -> None:
    with FileReader(LoadLimits(), 30.0, 256 * MIB) as reader:
        assert code_of(reader, "a.json", b"[" + b"[[]]," * 3_000_000 + b"1]") in (
            "too-large",
            "reader-crashed",
        )
        assert reader.read("a.txt", b"words").text == "words"


def test_closing_ends_the_process(reader: FileReader) -> None:
    reader.read("a.txt", b"words")
    process = reader._process
    assert process is not None
    reader.close()
    assert process.poll() is not None


def test_without_a_bound_no_process_is_started() -> None:
    with FileReader(LoadLimits(), 0) as reader:
        assert reader.read("a.txt", b"words").text == "words"
        assert reader._process is None


def test_an_interpreter_that_cannot_be_started_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for executable in (str(tmp_path / "gone"), "/bin/true", ""):
        monkeypatch.setattr(sys, "executable", executable)
        with (
            FileReader(LoadLimits(), 30.0) as reader,
            pytest.raises(ReaderStartError, match="FILE_TIMEOUT_S=0"),
        ):
            reader.read("a.txt", b"words")
