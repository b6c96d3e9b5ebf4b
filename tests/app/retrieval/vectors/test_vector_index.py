"""The vector index, used by several threads and by several processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from app.compose import Pincite, open_pincite
from app.ingestion.writer import IndexWriter
from app.registry.document import LoadedDocument, PassageSpan
from app.registry.new_document import NewDocument
from app.registry.registry import Registry
from app.registry.schema import open_engine
from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.scope import Scope, make_scope
from app.retrieval.vectors import row_store
from app.retrieval.vectors import vector_index as vector_index_module
from app.retrieval.vectors.store import VectorStoreError
from app.retrieval.vectors.vector_index import VectorIndex
from app.settings import RetrievalSettings, Settings
from tests.support.cli import Command
from tests.support.index import filled_index, new_document, words_of
from tests.support.vectors import vector_index
from tests.support.waiting import documents_in, wait_for

EVERYONE = make_scope()
STORE = "PINCITE_RETRIEVAL__VECTOR_STORE"
STORES = pytest.mark.parametrize("store", ["rows", "chroma"])


def settings_of(command: Command, store: str) -> Settings:
    return Settings(home=command.home, retrieval=RetrievalSettings(vector_store=store))


class Arrows(Embeddings):
    """Vectors that point as the text says, as long as it says."""

    def embed_query(self, text: str) -> list[float]:
        return [float(number) for number in text.split()]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


def best_by_meaning(pincite: Pincite, question: str) -> str | None:
    """The title of the passage whose vector is nearest, in the index as it is now."""
    found = pincite.retriever.invoke(question)
    assert not any("degraded" in document.metadata for document in found)
    near = [document for document in found if document.metadata["scores"]["dense"] is not None]
    near.sort(key=lambda document: -document.metadata["scores"]["dense"])
    return words_of(near)[0] if near else None


def vectors_and_passages(home: Path) -> tuple[int, int]:
    with open_pincite(Settings(home=home)) as pincite:
        return len(pincite.corpus.vectors.ids()), pincite.registry.passage_count()


@contextmanager
def index_of(folder: Path, name: str = "arrows", store: str = "rows") -> Iterator[Index]:
    """An index of one-passage documents whose text says where their vector points."""
    registry = Registry(open_engine(folder / "registry.sqlite"), lambda: "2026")
    vectors = vector_index(folder, Arrows(), name, registry.engine, store)
    vectors.begin_writing()
    words = LexicalIndex(folder / "words")
    try:
        yield Index(registry, vectors, IndexWriter(registry, vectors, words))
    finally:
        words.end_writing()
        vectors.close()
        registry.engine.dispose()


@dataclass
class Index:
    registry: Registry
    vectors: VectorIndex
    writer: IndexWriter

    def put(self, name: str, arrow: str, **metadata: object) -> None:
        loaded = LoadedDocument(arrow, name, "text/plain", (), (), dict(metadata))  # type: ignore[arg-type]
        spans = [PassageSpan(0, len(arrow))]
        self.writer.put(NewDocument("files", f"file:///{name}", arrow, "1/arrows", loaded, spans))

    def search(self, arrow: str, k: int, scope: Scope = EVERYONE) -> dict[str, float]:
        hits = self.vectors.search(arrow, k, scope).hits
        return {hit.passage_id.rpartition("-")[0].rpartition("-")[0]: hit.cosine for hit in hits}


def test_nearness_is_the_cosine_whatever_the_length_of_vectors(tmp_path: Path) -> None:
    with index_of(tmp_path) as index:
        for name, arrow in {"long": "50 0", "across": "1 1", "opposite": "-3 0", "none": "0 0"}.items():
            index.put(name, arrow)
        found = index.search("2 0", 4)
        assert found == pytest.approx(
            {"long": 1.0, "across": 0.7071, "none": 0.0, "opposite": -1.0}, abs=0.01
        )
        assert list(found) == ["long", "across", "none", "opposite"]


def test_a_document_that_comes_again_is_replaced_and_deleting_is_forgiving(tmp_path: Path) -> None:
    with index_of(tmp_path) as index:
        index.put("a", "1 0")
        index.put("a", "0 1")
        assert index.search("0 1", 5) == {"a": pytest.approx(1.0, abs=0.01)}
        assert index.writer.remove(index.registry.documents()[0].doc_id)
        assert index.search("0 1", 5) == {}
        assert (index.vectors.ids(), index.vectors.strays()) == ([], 0)
        index.vectors.close()
        index.vectors.close()


def test_vector_spaces_do_not_mix_in_one_folder(tmp_path: Path) -> None:
    with index_of(tmp_path, "one") as one:
        one.put("a", "1 0")
        other = vector_index(tmp_path, Arrows(), "other", one.registry.engine)
        with pytest.raises(VectorStoreError, match="are missing"):
            other.search("1 0 0", 5, EVERYONE)
        assert other.ids() == []
        other.close()


@pytest.mark.parametrize("store", ["rows", "chroma"])
def test_search_stays_in_scope_through_changes(tmp_path: Path, store: str) -> None:
    with index_of(tmp_path, store=store) as index:
        index.put("secret", "1 0", groups=["hr"])
        index.put("open", "1 0.5", version="2")
        hr, two = make_scope(["hr"]), make_scope([], {"version": "2"})
        assert list(index.search("1 0", 5)) == ["open"]
        assert list(index.search("1 0", 5, hr)) == ["secret", "open"]
        assert list(index.search("1 0", 5, two)) == ["open"]
        index.put("open", "1 0.5", groups=["board"])
        assert index.search("1 0", 5) == {}
        assert list(index.search("1 0", 5, hr)) == ["secret"]
        index.put("secret", "1 0")
        assert list(index.search("1 0", 5)) == ["secret"]
        assert index.search("1 0", 5, two) == {}


def test_rows_of_passages_that_are_gone_are_written_out_and_an_open_reader_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_store, "_MANY_GONE", 4)
    monkeypatch.setattr(vector_index_module, "_MANY_GONE", 4)
    with index_of(tmp_path) as index:
        reader = vector_index(tmp_path, Arrows(), "arrows", index.registry.engine)
        for turn in range(6):
            for name in ("a", "b"):
                index.put(name, f"{turn + 1} {len(name)}", groups=["hr"] if turn % 2 else [])
        hr = make_scope(["hr"])
        before = [hit.passage_id for hit in reader.search("1 0", 9, hr).hits]
        (old,) = (tmp_path / "rows").iterdir()
        size = old.stat().st_size
        index.vectors.end_writing()
        (new,) = (tmp_path / "rows").iterdir()
        assert (new != old, new.stat().st_size < size) == (True, True)
        assert [hit.passage_id for hit in reader.search("1 0", 9, hr).hits] == before
        assert sorted(before) == sorted(index.vectors.ids())
        index.put("c", "1 0")
        assert len(reader.search("1 0", 9, hr).hits) == 3
        assert len(reader.search("1 0", 9, EVERYONE).hits) == 1
        reader.close()


def test_a_missing_row_file_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    with index_of(tmp_path) as index:
        assert index.search("1 0", 5) == {}
        index.put("a", "1 0")
        (file,) = (tmp_path / "rows").iterdir()
        file.unlink()
        with pytest.raises(
            VectorStoreError, match="missing from the vector store rows; run: pincite rebuild"
        ):
            index.search("1 0", 5)
        index.vectors.begin_writing()
        assert index.search("1 0", 5) == {"a": pytest.approx(1.0, abs=0.01)}


@STORES
def test_an_open_reader_finds_at_once_what_another_process_adds_and_removes(
    filled: Command, tmp_path: Path, store: str
) -> None:
    question, named = "Which animals are kept on the premises?", {STORE: store}
    empty = tmp_path / "empty.md"
    empty.write_text("# Empty\n\nNothing of interest.\n")
    assert filled("add", empty, **named).code == 0
    with open_pincite(settings_of(filled, store)) as pincite:
        before = best_by_meaning(pincite, question)
        assert before != "Livestock"
        page = tmp_path / "livestock.md"
        page.write_text("# Livestock\n\nTwo goats and a donkey live behind our warehouse.\n")
        assert filled("add", page, **named).code == 0
        assert best_by_meaning(pincite, question) == "Livestock"
        assert filled("remove", "livestock", **named).code == 0
        assert best_by_meaning(pincite, question) == before


@STORES
def test_a_process_that_was_open_before_another_wrote_may_write_without_losing_vectors(
    filled: Command, tmp_path: Path, store: str
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(f"# Page {number}\n\nThe crate {number} holds apples.\n")
    with open_pincite(settings_of(filled, store)) as pincite:
        with pincite.corpus.writing():
            pass
        best_by_meaning(pincite, "open the vectors")
        assert filled("add", folder, **{STORE: store}).code == 0
        with pincite.corpus.writing() as (_, writer):
            for number in range(12):
                text = f"# Leaf {number}\n\nThe barrel {number} holds pears.\n"
                writer.put(new_document(f"file:///leaf-{number}.md", text))
    with open_pincite(settings_of(filled, store)) as pincite:
        vectors, passages = len(pincite.corpus.vectors.ids()), pincite.registry.passage_count()
        assert vectors == passages > 24
        hits = pincite.corpus.vectors.search("crates and barrels", 100, EVERYONE).hits
        assert len(hits) >= 24
        for number in (0, 7, 11):
            assert (
                best_by_meaning(pincite, f"Page {number}: The crate {number} holds apples")
                == f"Page {number}"
            )
            assert (
                best_by_meaning(pincite, f"Leaf {number}: The barrel {number} holds pears")
                == f"Leaf {number}"
            )


def test_threads_search_while_another_writes(tmp_path: Path) -> None:
    first = [new_document("file:///first.md", "# First\n\nThe first lighthouse is red.")]
    with filled_index(tmp_path, first) as pincite:
        stop = threading.Event()

        def search() -> int:
            count = 0
            while not stop.is_set():
                assert best_by_meaning(pincite, "lighthouse")
                count += 1
            return count

        with ThreadPoolExecutor(4) as pool:
            searches = [pool.submit(search) for _ in range(4)]
            try:
                with pincite.corpus.writing() as (_, writer):
                    for number in range(8):
                        text = f"# Tower {number}\n\nThe lighthouse number {number} is blue."
                        writer.put(new_document(f"file:///{number}.md", text))
            finally:
                stop.set()
            assert all(done.result() > 0 for done in searches)
        assert best_by_meaning(pincite, "lighthouse number 5") == "Tower 5"
        assert len(pincite.corpus.vectors.ids()) == pincite.registry.passage_count() == 9


def folder_of(tmp_path: Path, name: str, pages: int) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    for number in range(pages):
        (folder / f"{name}-{number}.md").write_text(f"# {name} {number}\n\nThe {name} {number} is ripe.\n")
    return folder


def test_two_processes_that_add_at_once_take_turns_and_lose_nothing(command: Command, tmp_path: Path) -> None:
    runs = [command.start("add", folder_of(tmp_path, name, 8)) for name in ("plums", "figs")]
    results = [run.wait() for run in runs]
    assert [result.code for result in results] == [0, 0], results
    assert documents_in(command.home) == 16
    assert vectors_and_passages(command.home) == (16, 16)


def test_a_writer_that_waited_in_vain_says_one_clear_line(command: Command, tmp_path: Path) -> None:
    first = command.start("add", folder_of(tmp_path, "plums", 25))
    wait_for(lambda: documents_in(command.home) > 0)
    second = command("add", folder_of(tmp_path, "figs", 1), PINCITE_INGEST__LOCK_TIMEOUT_S="0.05")
    reader = command("list")
    assert first.wait().code == 0
    assert second.code == 2
    assert second.err.count("\n") == 1
    assert second.err.startswith("pincite: another pincite process is writing to")
    assert (reader.code, "plums" in reader.out) == (0, True), "readers do not wait for writers"
    assert vectors_and_passages(command.home) == (25, 25)


def test_passages_found_otherwise_get_their_cosine_too(tmp_path: Path) -> None:
    texts = ["The battery lasts.", "The kitchen closes.", "Sensors are shipped."]
    with filled_index(
        tmp_path, [new_document(f"source://a/{n}.md", text) for n, text in enumerate(texts)]
    ) as pincite:
        everything = pincite.corpus.vectors.search("How long does the battery last?", 3, make_scope()).hits
        names = [hit.passage_id for hit in everything]
        found = pincite.corpus.vectors.search("How long does the battery last?", 1, make_scope(), names).hits
    assert found[0].passage_id == names[0]
    assert {hit.passage_id: round(hit.cosine, 5) for hit in found} == {
        hit.passage_id: round(hit.cosine, 5) for hit in everything
    }
    assert len(found) == len(everything) == 3
