"""The proof finds words wherever they may be left: free pages, packed values, logs, terms of an old index."""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
import tantivy

from app.forgetting.proof import prove
from app.retrieval.lexical_index import LexicalIndex

WORD = "kakistocracy"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "default").mkdir()
    return tmp_path


def places(home: Path) -> list[str]:
    return [f"{one.file}: {one.place}" for one in prove(home, "default", [WORD]).left]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_packed_values_and_files_are_unpacked(home: Path, pack: object) -> None:
    packed = pack(b"so says the Kakistocracy " * 3)  # type: ignore[operator]
    (home / "default" / "notes.gz").write_bytes(packed)
    with closing(sqlite3.connect(home / "default" / "x.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE t (v BLOB)")
        connection.execute("INSERT INTO t VALUES (?)", (packed,))
    assert places(home) == ["default/notes.gz: unpacked", "default/x.sqlite: t.v, row 1, unpacked"]


def test_what_was_deleted_and_not_overwritten_is_found_in_free_pages(home: Path) -> None:
    with closing(sqlite3.connect(home / "default" / "x.sqlite")) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        with connection:
            connection.execute("CREATE TABLE t (v TEXT)")
            connection.executemany("INSERT INTO t VALUES (?)", [(f"The Kakistocracy {n}",) for n in range(9)])
        with connection:
            connection.execute("DELETE FROM t")
    (found,) = places(home)
    assert found.startswith("default/x.sqlite: byte ")


def test_a_word_that_stands_across_two_pieces_is_found_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.forgetting import home_contents

    monkeypatch.setattr(home_contents, "CHUNK", 64)
    for start in range(40, 130, 3):
        (home / "default" / "big.bin").write_bytes(b"." * start + WORD.encode() + b"." * 99)
        assert places(home) == [f"default/big.bin: byte {start}"]


def test_terms_of_deleted_passages_are_found_until_the_index_is_written_anew(home: Path) -> None:
    words = LexicalIndex(home / "default" / "words")
    words.add(["a", "b"], ["The Kakistocracy rules", "Tea is at four"], [["reader:everyone"]] * 2)
    words.delete(["a"])
    words.end_writing()
    assert {place for place in places(home) if "terms" in place} == {
        "default/words: terms of words",
        "default/words: terms of pairs",
    }
    assert words.write_anew([("b", "Tea is at four", ["reader:everyone"])]) == 1
    words.end_writing()
    assert places(home) == []
    assert tantivy.Index.open(str(home / "default" / "words")).searcher().num_docs == 1


def test_other_tenants_files_are_theirs(home: Path) -> None:
    (home / "other").mkdir()
    (home / "other" / "registry.sqlite").write_bytes(b"Kakistocracy")
    (home / "loose.txt").write_text("Kakistocracy")
    assert places(home) == ["loose.txt: byte 0"]


def test_what_an_asker_wrote_may_stay_and_the_same_word_beside_it_may_not(home: Path) -> None:
    with closing(sqlite3.connect(home / "default" / "answers.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE answers (id TEXT, question TEXT, answer TEXT, user TEXT)")
        row = ("1", "Who is Kakistocracy?", '{"question": "Who is Kakistocracy?", "text": "Nobody."}', "ann")
        connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
    proof = prove(home, "default", [WORD])
    assert (proof.holds, [one.place for one in proof.stays]) == (True, ["answers.question, row 1"])
    with closing(sqlite3.connect(home / "default" / "answers.sqlite")) as connection, connection:
        connection.execute("""UPDATE answers SET answer = json_set(answer, '$.text', 'A kakistocracy is.')""")
    assert places(home) == ["default/answers.sqlite: answers.answer, row 1"]


def test_a_damaged_database_is_searched_as_bytes_and_said(home: Path) -> None:
    (home / "default" / "x.sqlite").write_bytes(b"SQLite format 3\0" + b"Kakistocracy" * 400)
    proof = prove(home, "default", [WORD])
    assert not proof.holds
    assert proof.unread == ["default/x.sqlite"]
