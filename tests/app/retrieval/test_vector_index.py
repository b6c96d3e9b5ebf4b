"""The vector index, used by several threads and by several processes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from app.compose import Pincite, open_pincite
from app.retrieval.scope import make_scope, vector_where
from app.retrieval.vector_index import VectorIndex
from app.settings import Settings
from tests.support.cli import Command
from tests.support.index import filled_index, new_document, words_of
from tests.support.waiting import documents_in, wait_for

EVERYONE = vector_where(make_scope())


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
        return len(pincite.library.vectors.ids()), pincite.registry.passage_count()


def test_nearness_is_the_cosine_whatever_the_length_of_vectors(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path, "default", Arrows(), "arrows")
    readers = [{"readers": ["everyone"]}] * 3
    index.add(["long", "across", "opposite"], ["50 0", "1 1", "-3 0"], readers)
    hits = {hit.passage_id: hit.cosine for hit in index.search("2 0", 3, EVERYONE, 1)}
    assert hits == pytest.approx({"long": 1.0, "across": 0.7071, "opposite": -1.0}, abs=1e-3)
    index.close()


def test_an_id_that_comes_again_is_replaced_and_deleting_is_forgiving(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path, "default", Arrows(), "arrows")
    index.add(["a"], ["1 0"], [{"readers": ["everyone"]}])
    index.add(["a"], ["0 1"], [{"readers": ["everyone"]}])
    (hit,) = index.search("0 1", 5, EVERYONE, 1)
    assert hit.cosine == pytest.approx(1.0)
    index.delete(["a", "never there"])
    assert index.ids() == []
    index.close()
    index.close()


def test_vector_spaces_do_not_mix_in_one_folder(tmp_path: Path) -> None:
    one, other = (VectorIndex(tmp_path, "default", Arrows(), name) for name in ("one", "other"))
    one.add(["a"], ["1 0"], [{"readers": ["everyone"]}])
    assert other.search("1 0 0", 5, EVERYONE, 1) == []
    one.close()
    other.close()


def test_an_open_reader_finds_at_once_what_another_process_adds_and_removes(
    filled: Command, tmp_path: Path
) -> None:
    question = "Which animals are kept on the premises?"
    with open_pincite(Settings(home=filled.home)) as pincite:
        before = best_by_meaning(pincite, question)
        assert before != "Livestock"
        page = tmp_path / "livestock.md"
        page.write_text("# Livestock\n\nTwo goats and a donkey live behind our warehouse.\n")
        assert filled("add", page).code == 0
        assert best_by_meaning(pincite, question) == "Livestock"
        assert filled("remove", "livestock").code == 0
        assert best_by_meaning(pincite, question) == before


def test_a_process_that_was_open_before_another_wrote_may_write_without_losing_vectors(
    filled: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(f"# Page {number}\n\nThe crate {number} holds apples.\n")
    with open_pincite(Settings(home=filled.home)) as pincite:
        best_by_meaning(pincite, "open the vectors")
        assert filled("add", folder).code == 0
        with pincite.library.writing() as (_, writer):
            for number in range(12):
                text = f"# Leaf {number}\n\nThe barrel {number} holds pears.\n"
                writer.put(new_document(f"file:///leaf-{number}.md", text))
    with open_pincite(Settings(home=filled.home)) as pincite:
        vectors, passages = len(pincite.library.vectors.ids()), pincite.registry.passage_count()
        assert vectors == passages > 24
        hits = pincite.library.vectors.search(
            "crates and barrels", 100, EVERYONE, pincite.registry.generation()
        )
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
                with pincite.library.writing() as (_, writer):
                    for number in range(8):
                        text = f"# Tower {number}\n\nThe lighthouse number {number} is blue."
                        writer.put(new_document(f"file:///{number}.md", text))
            finally:
                stop.set()
            assert all(done.result() > 0 for done in searches)
        assert best_by_meaning(pincite, "lighthouse number 5") == "Tower 5"
        assert len(pincite.library.vectors.ids()) == pincite.registry.passage_count() == 9


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
