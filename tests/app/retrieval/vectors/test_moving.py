"""Vectors go where the settings say, whatever was there before and however often a move is cut short."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.retrieval.scope import make_scope
from app.retrieval.vectors import make_anew
from app.retrieval.vectors.chroma_store import ChromaStore
from app.retrieval.vectors.row_store import RowStore
from app.retrieval.vectors.vector_index import VectorsElsewhereError
from app.settings import RetrievalSettings, Settings
from tests.support.chroma_server import serve_chroma
from tests.support.cli import Command
from tests.support.index import filled_index, new_document, words_of

PAGES = [new_document(f"file:///{n}.md", f"# Hall {n}\n\nThe anvil of hall {n} is old.") for n in range(5)]
LATER = new_document("file:///later.md", "# Later\n\nThe kite is red.")


def opened(home: Path, store: str, url: str | None = None) -> Pincite:
    retrieval = RetrievalSettings(vector_store=store, vector_store_url=url)
    return open_pincite(Settings(home=home, retrieval=retrieval))


def write(pincite: Pincite) -> None:
    with pincite.corpus.writing():
        pass


def nearest(pincite: Pincite) -> list[str]:
    hits = pincite.corpus.vectors.search("the anvil of hall 3", 1, make_scope()).hits
    return [hit.passage_id.partition("@")[0] for hit in hits]


def state(home: Path, statement: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(home / "default" / "registry.sqlite")
    try:
        found = connection.execute(statement).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


def kept_vectors(home: Path) -> int:
    connection = sqlite3.connect(home / "default" / "embeddings.sqlite")
    try:
        return int(connection.execute("SELECT max(rowid) FROM vectors").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize(("before", "after"), [("rows", "chroma"), ("chroma", "rows")])
def test_the_next_writer_moves_the_vectors_and_readers_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, before: str, after: str
) -> None:
    with filled_index(tmp_path, PAGES, before) as old:
        assert nearest(old) == [PAGES[3].doc_id]
        embedded = kept_vectors(tmp_path)
        with opened(tmp_path, after) as new:
            (found, *_) = new.retriever.invoke("the anvil of hall 3")
            assert found.metadata["degraded"].startswith(
                f"found by words only: the vectors are in the vector store {before}, and the settings name"
            )
            caplog.clear()
            write(new)
            assert f"the vectors of 5 passages were written to the vector store {after}" in caplog.text
            assert nearest(new) == [PAGES[3].doc_id]
            assert (len(new.corpus.vectors.ids()), new.corpus.vectors.strays()) == (5, 0)
            assert not (tmp_path / "default" / before).exists()
            assert kept_vectors(tmp_path) == embedded, "passages were embedded again"
            caplog.clear()
            write(new)
            assert not caplog.text, "moved only once"
        with pytest.raises(VectorsElsewhereError, match=f"are in the vector store {after}, and .* {before}"):
            nearest(old)


class Killed(BaseException):
    pass


@pytest.mark.parametrize(
    ("before", "after", "kind"), [("rows", "chroma", ChromaStore), ("chroma", "rows", RowStore)]
)
def test_a_move_that_was_cut_short_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, kind: type
) -> None:
    monkeypatch.setattr(make_anew, "_AT_ONCE", 2)
    with filled_index(tmp_path, PAGES, before):
        pass
    whole = kind.upsert  # type: ignore[attr-defined]
    for batches in (1, 2):
        calls: list[int] = []

        def upsert(self: object, *given: object, calls: list[int] = calls, batches: int = batches) -> None:
            calls.append(1)
            if len(calls) > batches:
                raise Killed
            whole(self, *given)

        with monkeypatch.context() as patch, opened(tmp_path, after) as new:
            patch.setattr(kind, "upsert", upsert)
            with pytest.raises(Killed):
                write(new)
        for store in (before, after):
            with opened(tmp_path, store) as reader:
                (found, *_) = reader.retriever.invoke("the anvil of hall 3")
                assert "being moved" in found.metadata["degraded"], "half of the vectors would be searched"
    with opened(tmp_path, after) as new:
        with new.corpus.writing() as (_, writer):
            writer.put(LATER)
        assert (len(new.corpus.vectors.ids()), new.corpus.vectors.strays()) == (6, 0)
        assert nearest(new) == [PAGES[3].doc_id]


@pytest.mark.parametrize("store", ["rows", "chroma"])
def test_a_folder_of_an_earlier_version_is_read_and_its_chroma_taken_away_by_the_first_writer(
    tmp_path: Path, store: str
) -> None:
    with filled_index(tmp_path, PAGES) as old:
        old.registry.remove(PAGES[0].doc_id)  # its row stayed where it was
    state(tmp_path, "DELETE FROM state WHERE key = 'vector_store'")
    state(tmp_path, "DELETE FROM vector_journal")
    left = tmp_path / "default" / "chroma" / "chroma.sqlite3"
    left.parent.mkdir()
    left.write_text("every vector a second time")
    with opened(tmp_path, "rows") as reader:
        assert nearest(reader) == [PAGES[3].doc_id]
        assert (len(reader.corpus.vectors.ids()), reader.corpus.vectors.strays()) == (4, 0)
    with opened(tmp_path, store) as new:
        write(new)
        assert nearest(new) == [PAGES[3].doc_id]
        assert (len(new.corpus.vectors.ids()), new.corpus.vectors.strays()) == (4, 0)
        assert words_of(new.retriever.invoke("anvil"))
    assert not left.exists() or left.read_bytes()[:6] == b"SQLite"
    assert (tmp_path / "default" / "rows").exists() == (store == "rows")
    assert state(tmp_path, "SELECT value FROM state WHERE key = 'vector_store'") == [(store,)]


@pytest.mark.slow
def test_two_indexes_on_one_chroma_server_share_nothing(tmp_path: Path) -> None:
    with serve_chroma(tmp_path) as url, opened(tmp_path / "a", "chroma", url) as one:
        with one.corpus.writing() as (_, writer):
            writer.put(*PAGES)
        with opened(tmp_path / "b", "chroma", url) as two:
            with two.corpus.writing() as (_, writer):
                writer.put(LATER)
            assert two.corpus.vectors.ids() == LATER.passage_ids
            assert two.corpus.vectors.strays() == 0, "vectors of the other index"
            assert words_of(two.retriever.invoke("the anvil of hall 3")) == ["Later"]
        assert (len(one.corpus.vectors.ids()), one.corpus.vectors.strays()) == (5, 0)
        assert nearest(one) == [PAGES[3].doc_id]
        assert not (tmp_path / "a" / "default" / "chroma").exists()
    assert state(tmp_path / "a", "SELECT value FROM state WHERE key = 'vector_store'") == [(f"chroma {url}",)]


def test_a_server_that_does_not_answer_is_one_line_and_words_still_find(
    filled: Command, tmp_path: Path
) -> None:
    server = {
        "PINCITE_RETRIEVAL__VECTOR_STORE": "chroma",
        "PINCITE_RETRIEVAL__VECTOR_STORE_URL": "http://someone:pass-7Qw@127.0.0.1:9",
    }
    page = tmp_path / "page.md"
    page.write_text("# Roof\n\nThe roof terrace is open from May to September.\n")
    added = filled("add", page, **server)
    assert (added.code, added.err.count("\n")) == (2, 1)
    assert "the Chroma server at http://127.0.0.1:9 cannot be used (" in added.err
    assert "pass-7Qw" not in added.err
    doctor = filled("doctor", **server)
    assert "vector store chroma at http://127.0.0.1:9" in doctor.out.splitlines()[-1]
    assert "pass-7Qw" not in doctor.out
    assert "the vectors are in the vector store rows, and the settings name chroma http" in doctor.out
    assert filled("ask", "Which voltage does the gateway need?").err == "", "nothing was moved yet"
    assert filled("add", page).code == 0
    assert filled("doctor").code == 0
