"""Writers that are killed or interrupted: nothing is lost, nothing is there twice, nothing is left behind."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.writer import IndexWriter
from app.registry.registry import Registry
from app.retrieval.scope import make_scope
from app.settings import RetrievalSettings, Settings
from tests.support.cli import Command
from tests.support.index import filled_index, new_document, words_of
from tests.support.waiting import documents_in, wait_for

ONES = (
    "anvil banjo candle drum eagle flute guitar hammer igloo jacket kettle ladder magnet needle organ piano "
    "quilt rocket saddle tripod umbrella violin whistle xylophone yacht"
).split()
THINGS = sorted(f"{thing}{part}" for thing in ONES for part in ("", " box", " lid"))
COUNT = len(THINGS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, thing in enumerate(THINGS):
        text = f"# {thing.title()}\n\nThe {thing} stands in hall {number + 100}.\n\n## Price\n\n"
        text += f"Renting the {thing} costs {number + 7} euros a day, and cleaning it is part of the price.\n"
        (folder / f"{number:02}-{thing}.md").write_text(text)
    return folder


def assert_whole(pincite: Pincite) -> None:
    """Every document once, every passage with one vector, each found by its own words in both indexes."""
    registry = pincite.registry
    assert sorted(record.title.lower() for record in registry.documents()) == THINGS
    vectors = pincite.corpus.vectors.ids()
    connection = sqlite3.connect(pincite.settings.home / "default" / "registry.sqlite")
    rows = connection.execute("SELECT passage_id, headings, text FROM passages").fetchall()
    connection.close()
    assert len(vectors) == len(set(vectors))
    assert set(vectors) == {passage_id for passage_id, _, _ in rows}
    assert pincite.corpus.vectors.strays() == 0
    assert pincite.corpus.words.count() == len(rows) >= COUNT
    assert registry.unsettled() == ([], [])
    everyone, words = make_scope(), pincite.corpus.words
    for passage_id, headings, text in rows:
        path = " › ".join(json.loads(headings))
        hits = pincite.corpus.vectors.search(f"{path}\n{text}", 1, everyone).hits
        # Rows hold eight bits a number.
        assert hits[0].cosine == pytest.approx(1.0, abs=2e-3), passage_id
        assert passage_id in {hit.passage_id for hit in words.search(text, COUNT * 9, everyone)}


@pytest.mark.parametrize("store", ["rows", "chroma"])
def test_five_kills_and_the_same_command_again_lose_nothing(
    command: Command, folder: Path, store: str
) -> None:
    named = {"PINCITE_RETRIEVAL__VECTOR_STORE": store}
    for killed_after in (1, 5, 11, 12, 20):
        run = command.start("add", folder, **named)
        assert run.kill_when(lambda wanted=killed_after: documents_in(command.home) >= wanted)  # type: ignore[misc]
        assert run.wait().code == -signal.SIGKILL
        assert killed_after <= documents_in(command.home) < COUNT
    assert command("list").out.count("\n") == documents_in(command.home), "a reader needs no repair"
    last = command("add", folder, **named)
    assert (last.code, last.err) == (0, "")
    assert "added" in last.out
    assert command("add", folder, **named).out.startswith(f"source files: 0 added, {COUNT} unchanged")
    retrieval = RetrievalSettings(vector_store=store)
    with open_pincite(Settings(home=command.home, retrieval=retrieval)) as pincite:
        assert_whole(pincite)


@pytest.mark.parametrize("files", ["registry.sqlite", "writer.lock"])
def test_a_kill_before_the_first_document_is_no_different(command: Command, folder: Path, files: str) -> None:
    run = command.start("add", folder / f"00-{THINGS[0]}.md")
    assert run.kill_when((command.home / "default" / files).exists)
    run.wait()
    assert command("add", folder / f"00-{THINGS[0]}.md").code == 0
    assert documents_in(command.home) == 1
    assert "ok       index: " in command("doctor").out


def test_an_interrupt_is_one_line_and_what_was_finished_stays(command: Command, folder: Path) -> None:
    run = command.start("add", folder)
    wait_for(lambda: documents_in(command.home) >= 3)
    run.signal(signal.SIGINT)
    done = run.wait()
    assert done.code == 130
    assert done.err.strip() == (
        "pincite: interrupted; what was finished stays, run the same command again to continue"
    )
    kept = documents_in(command.home)
    assert 3 <= kept < COUNT
    assert f"{kept} unchanged" in command("add", folder).out


ONE = new_document("file:///kite.md", "# Kite\n\nThe kite is red.")
TWO = new_document("file:///kite.md", "# Kite\n\nThe kite is blue now.")
OTHER = new_document("file:///boat.md", "# Boat\n\nThe boat is green.")


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


def killed(*_args: object) -> None:
    raise Killed


@contextmanager
def killed_at(
    owner: type, method: str, monkeypatch: pytest.MonkeyPatch, pincite: Pincite
) -> Iterator[IndexWriter]:
    """A writer whose process ends when ``method`` is reached."""
    with monkeypatch.context() as patch, suppress(Killed):
        with pincite.corpus.writing() as (_, writer):
            patch.setattr(owner, method, killed)
            yield writer
        pytest.fail(f"{method} was never reached")


STORES = pytest.mark.parametrize("store", ["rows", "chroma"])


@STORES
def test_vectors_whose_document_was_never_committed_are_swept_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    with filled_index(tmp_path, [ONE], store) as pincite:
        with killed_at(Registry, "replace", monkeypatch, pincite) as writer:
            writer.put(TWO)
        # Rows stop at the last number that was given out.
        assert pincite.corpus.vectors.strays() == (store == "chroma"), "the vector is there, its document not"
        (found,) = pincite.retriever.invoke("What colour is the kite?")
        assert found.page_content.endswith("The kite is red.")
        with pincite.corpus.writing():
            pass
        assert pincite.corpus.vectors.ids() == ONE.passage_ids
        assert pincite.corpus.vectors.strays() == 0
        assert pincite.registry.unsettled() == ([], [])


@STORES
def test_old_vectors_of_a_committed_document_are_swept_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    with filled_index(tmp_path, [ONE, OTHER], store) as pincite:
        with killed_at(IndexWriter, "settle", monkeypatch, pincite) as writer:
            writer.put(TWO)
        assert pincite.corpus.vectors.strays() == 1
        found = pincite.retriever.invoke("What colour is the kite?")
        assert words_of(found) == ["Kite", "Boat"]
        assert found[0].page_content.endswith("The kite is blue now.")
        with pincite.corpus.writing():
            pass
        assert sorted(pincite.corpus.vectors.ids()) == sorted([*TWO.passage_ids, *OTHER.passage_ids])
        assert pincite.corpus.vectors.strays() == 0


@STORES
def test_a_removal_that_was_cut_short_is_finished_by_the_next_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    with filled_index(tmp_path, [ONE, OTHER], store) as pincite:
        with killed_at(IndexWriter, "settle", monkeypatch, pincite) as writer:
            writer.remove(ONE.doc_id)
        assert words_of(pincite.retriever.invoke("What colour is the kite?")) == ["Boat"]
        with pincite.corpus.writing():
            pass
        assert pincite.corpus.vectors.ids() == OTHER.passage_ids
        assert pincite.corpus.vectors.strays() == 0


@STORES
def test_the_lock_is_free_again_after_a_writer_fell_over(tmp_path: Path, store: str) -> None:
    with filled_index(tmp_path, [ONE], store) as pincite:
        with pytest.raises(ZeroDivisionError), pincite.corpus.writing():
            _ = 1 / 0
        with pincite.corpus.writing() as (_, writer):
            writer.put(TWO)
        assert len(pincite.corpus.vectors.ids()) == 1
