"""Each file of a data folder damaged in each way: said in one line, never a silently wrong answer, mended."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Command, Finished

VOLTS = "How many volts does the gateway need?"
WAYS = ("cut", "flipped", "gone", "garbage")


def damage(path: Path, way: str) -> None:
    data = bytearray(path.read_bytes())
    if way == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif way == "garbage":
        path.write_bytes(b"this is no database at all " * 200)
    elif way == "gone":
        path.unlink()
    else:
        rng = random.Random(3)  # noqa: S311 - damage, not a secret
        for _ in range(max(20, len(data) // 500)):
            data[rng.randrange(min(100, len(data) // 2), len(data))] ^= 0xFF
        path.write_bytes(data)


def damage_one(home: Path, pattern: str, way: str) -> None:
    """Damage the largest file of a pattern; logs go, as after a good end."""
    folder = home / "default"
    for log in [*folder.glob("*-wal"), *folder.glob("*-shm")]:
        log.unlink()
    damage(max(folder.glob(pattern), key=lambda path: path.stat().st_size), way)


def no_traceback(done: Finished) -> Finished:
    assert "Traceback" not in done.out + done.err, done.err
    return done


def asked(command: Command, question: str = VOLTS, *options: str) -> dict[str, Any]:
    done = no_traceback(command("ask", question, "--json", *options))
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def broken(command: Command) -> list[str]:
    done = no_traceback(command("doctor"))
    return [line for line in done.out.splitlines() if line.startswith("broken")]


def says_or_right(answer: dict[str, Any]) -> None:
    """Never a wrong answer without a word: either what is missing is said, or all is as it was."""
    said = " ".join([*answer["notices"], str((answer["problem"] or {}).get("message", ""))])
    assert "pincite rebuild" in said or "by words only" in said, (said, answer["receipt"].get("errors"))


INDEX = [
    ("rows/*.rows", "cut"), ("rows/*.rows", "flipped"), ("rows/*.rows", "gone"), ("rows/*.rows", "garbage"),
    ("words/meta.json", "cut"), ("words/meta.json", "gone"), ("words/meta.json", "garbage"),
    ("words/*.term", "cut"), ("words/*.term", "flipped"), ("words/*.term", "gone"),
    ("words/*.idx", "cut"), ("words/*.idx", "flipped"), ("words/*.store", "cut"),
    ("words/*.store", "flipped"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "way"), INDEX)
def test_a_damaged_index_is_said_and_rebuilt(filled: Command, tmp_path: Path, pattern: str, way: str) -> None:
    filled("remove", "cafe")  # a run of writes, whose checksums are noted
    damage_one(filled.home, pattern, way)
    says_or_right(asked(filled))
    (line,) = broken(filled)
    assert "pincite rebuild" in line
    done = no_traceback(filled("rebuild"))
    assert done.code == 0, done
    assert "5 passages" in done.out or "passages with words" in done.out
    assert broken(filled) == []
    answer = asked(filled)
    assert answer["status"] == "answered"
    assert "12 volts" in answer["text"]
    assert answer["notices"] == []


@pytest.mark.parametrize(("pattern", "way"), INDEX)
def test_adding_to_and_removing_from_a_damaged_index_mends_it_or_is_one_line(
    filled: Command, tmp_path: Path, pattern: str, way: str
) -> None:
    filled("remove", "cafe")
    damage_one(filled.home, pattern, way)
    (tmp_path / "tea.md").write_text("# Tea\n\nTea is served at four in the library.\n")
    for command in (("add", tmp_path / "tea.md"), ("remove", "prices")):
        done = no_traceback(filled(*command))
        if done.code:
            assert (done.code, done.err.count("\n")) == (2, 1), done
            assert "pincite rebuild" in done.err
    assert no_traceback(filled("rebuild")).code == 0
    assert no_traceback(filled("add", tmp_path / "tea.md")).code == 0
    assert broken(filled) == []
    assert "four" in asked(filled, "When is tea served?")["text"]


@pytest.mark.parametrize("way", ["cut", "flipped", "gone", "garbage"])
def test_a_damaged_chroma_folder_is_said_and_rebuilt(filled: Command, tmp_path: Path, way: str) -> None:
    chroma = {"PINCITE_RETRIEVAL__VECTOR_STORE": "chroma"}
    assert filled("remove", "cafe", **chroma).code == 0
    damage_one(filled.home, "chroma/chroma.sqlite3", way)
    done = no_traceback(filled("ask", VOLTS, "--json", **chroma))
    assert done.out, done
    answer = json.loads(done.out)
    said = " ".join(answer["notices"])
    assert "12 volts" in answer["text"] or "pincite rebuild" in said
    assert no_traceback(filled("doctor", **chroma)).out
    (tmp_path / "tea.md").write_text("# Tea\n\nTea is served at four in the library.\n")
    done = no_traceback(filled("add", tmp_path / "tea.md", **chroma))
    if done.code:
        assert (done.err.count("\n"), "pincite rebuild" in done.err) == (1, True), done
    done = no_traceback(filled("rebuild", **chroma))
    assert done.code == 0, done
    assert no_traceback(filled("add", tmp_path / "tea.md", **chroma)).code == 0
    assert "broken" not in no_traceback(filled("doctor", **chroma)).out
    answer = json.loads(filled("ask", "When is tea served?", "--json", **chroma).out)
    assert ("four" in answer["text"], answer["notices"]) == (True, [])


@pytest.mark.parametrize("way", ["cut", "flipped", "garbage"])
def test_a_damaged_registry_is_one_line_that_says_what_to_do(filled: Command, way: str) -> None:
    damage_one(filled.home, "registry.sqlite", way)
    for command in (("ask", VOLTS), ("list",), ("remove", "prices"), ("forget", "--document", "prices")):
        done = no_traceback(filled(*command))
        if done.code:
            assert done.err.count("\n") <= 1 or command[0] == "ask", done
    lines = broken(filled)
    assert any("registry.sqlite" in line and "pincite rebuild" in line for line in lines), lines
    done = no_traceback(filled("rebuild"))
    assert (done.code, done.err.count("\n")) == (2, 1), done
    for said in ("the registry", "move the folder", "add the sources again", "are lost"):
        assert said in done.err


@pytest.mark.parametrize("way", ["cut", "flipped", "garbage"])
def test_damaged_conversations_are_one_line(filled: Command, way: str) -> None:
    asked(filled, VOLTS, "--thread", "ann")
    asked(filled, "And how many milliamperes?", "--thread", "ann")
    damage_one(filled.home, "threads.sqlite", way)
    done = no_traceback(filled("ask", "And the memory?", "--thread", "ann"))
    if done.code:
        assert "conversations" in done.out + done.err, done
        assert len((done.out + done.err).strip().splitlines()) <= 2, done
    lines = broken(filled)
    assert len(lines) == 1, lines
    assert "file threads.sqlite" in lines[0]
    assert "move the file away" in lines[0]
    assert "12 volts" in asked(filled)["text"], "without a thread nothing of it is needed"


@pytest.mark.parametrize("way", ["cut", "garbage"])
def test_damaged_answers_are_said_and_answering_goes_on(filled: Command, way: str) -> None:
    asked(filled)
    damage_one(filled.home, "answers.sqlite", way)
    assert "12 volts" in asked(filled)["text"]
    (line,) = broken(filled)
    assert "file answers.sqlite" in line
    done = no_traceback(filled("answers", "list"))
    assert (done.code, done.err.count("\n")) == (2, 1), done


@pytest.mark.parametrize("name", ["embeddings", "windows", "parts"])
@pytest.mark.parametrize("way", ["cut", "garbage", "gone"])
def test_damaged_caches_cost_time_and_nothing_else(
    filled: Command, tmp_path: Path, name: str, way: str
) -> None:
    asked(filled)
    damage_one(filled.home, f"{name}.sqlite", way)
    if way != "gone":
        assert any(f"file {name}.sqlite" in line for line in broken(filled))
    (tmp_path / "tea.md").write_text("# Tea\n\nTea is served at four in the library.\n")
    assert no_traceback(filled("add", tmp_path / "tea.md")).code == 0
    assert "four" in asked(filled, "When is tea served?")["text"]
    assert no_traceback(filled("rebuild")).code == 0
    assert broken(filled) == []


def test_rebuilding_a_sound_index_changes_no_answer(filled: Command) -> None:
    questions = [VOLTS, "When does the cafe open?", "How many days of paid holiday are there?"]
    before = [asked(filled, question)["text"] for question in questions]
    assert filled("rebuild").code == 0
    assert [asked(filled, question)["text"] for question in questions] == before


def test_what_the_index_lacks_is_no_reason_to_say_that_the_documents_lack_it(filled: Command) -> None:
    folder = filled.home / "default"
    for path in [*folder.glob("rows/*"), *folder.glob("words/*")]:
        path.unlink()
    answer = asked(filled)
    assert answer["status"] == "failed"
    says_or_right(answer)


@pytest.mark.parametrize("way", ["gone", "emptied"])
def test_a_registry_that_is_gone_is_not_taken_for_a_new_home(filled: Command, way: str) -> None:
    for path in (filled.home / "default").glob("registry.sqlite*"):
        path.unlink() if way == "gone" else path.write_bytes(b"")
    for command in (("ask", "Which voltage does the gateway need?"), ("list",), ("rebuild",)):
        done = filled(*command)
        assert (done.code, done.err.count("\n")) == (2, 1), done.err
        assert "the registry" in done.err
        assert "move the folder" in done.err


def test_a_refused_forget_leaves_the_checksums(filled: Command) -> None:
    assert filled("forget", "--document", "nope").code == 2
    with closing(sqlite3.connect(filled.home / "default" / "registry.sqlite")) as connection:
        noted = dict(connection.execute("SELECT key, value FROM state WHERE key LIKE 'checksum of %'"))
    assert noted
    assert all(noted.values())
