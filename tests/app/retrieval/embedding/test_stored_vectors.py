"""Vectors on disk: nothing is embedded twice, and a text has one vector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors
from tests.support.index import filled_index, new_document


class Counting(Embeddings):
    """A vector from the characters of a text; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        return [float(ord(letter)) for letter in text[:4].ljust(4)]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [self.embed_query(text) for text in texts]


def test_a_text_is_embedded_once_and_has_one_vector(tmp_path: Path) -> None:
    counting = Counting()
    first = StoredVectors(counting, "space", tmp_path / "v.sqlite").embed_documents(["kite", "boat", "kite"])
    again = StoredVectors(counting, "space", tmp_path / "v.sqlite").embed_documents(["boat", "kite", "barn"])
    assert counting.asked == ["kite", "boat", "barn"]
    assert first[0] == first[2] == again[1]
    assert first[1] == again[0]
    plain = np.array(counting.embed_query("kite"))
    assert float(np.dot(first[0], plain) / np.linalg.norm(plain)) == pytest.approx(1.0, abs=1e-4)


def test_spaces_do_not_mix(tmp_path: Path) -> None:
    counting = Counting()
    for space in ("one", "other", "one"):
        StoredVectors(counting, space, tmp_path / "v.sqlite").embed_documents(["kite"])
    assert counting.asked == ["kite", "kite"]


def test_what_was_embedded_before_a_failure_is_kept(tmp_path: Path) -> None:
    class Failing(Counting):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            if self.asked:
                raise ConnectionError
            return super().embed_documents(texts)

    texts = [f"text {number}" for number in range(600)]
    failing, counting = Failing(), Counting()
    with pytest.raises(ConnectionError):
        StoredVectors(failing, "space", tmp_path / "v.sqlite").embed_documents(texts)
    StoredVectors(counting, "space", tmp_path / "v.sqlite").embed_documents(texts)
    assert failing.asked + counting.asked == texts
    assert failing.asked


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.retrieval.embedding.stored_vectors._AT_LEAST", 2)
    counting = Counting()
    stored = StoredVectors(counting, "space", tmp_path / "v.sqlite")
    stored.keep(0)
    stored.embed_documents(["a", "b", "c", "d"])
    stored.keep(1)
    counting.asked.clear()
    stored.embed_documents(["a", "b", "c", "d"])
    assert counting.asked == ["a", "b"]


def test_a_changed_document_embeds_only_what_is_new_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "# Kite\n\nThe kite is red.\n\n# Boat\n\n"
    read: list[str] = []
    run = MiniLMEmbeddings._run

    def counted(self: MiniLMEmbeddings, text: str) -> Any:
        read.append(text)
        return run(self, text)

    with filled_index(tmp_path, [new_document("file:///a.md", head + "The boat is green.")]) as pincite:
        monkeypatch.setattr(MiniLMEmbeddings, "_run", counted)
        with pincite.corpus.writing() as (_, writer):
            writer.put(new_document("file:///a.md", head + "The boat is blue."))
        (asked,) = read
        assert "The boat is blue." in asked


def test_a_limit_is_kept_while_it_is_used(tmp_path: Path) -> None:
    counting = Counting()
    stored = StoredVectors(counting, "space", tmp_path / "v.sqlite", limit=2)
    for text in ("kite", "boat", "barn"):
        stored.embed_documents([text])
    stored.embed_documents(["barn", "boat"])
    assert counting.asked == ["kite", "boat", "barn"]
    stored.embed_documents(["kite"])
    assert counting.asked[-1] == "kite"


def test_a_file_that_cannot_be_written_costs_time_and_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counting = Counting()
    (tmp_path / "v.sqlite").mkdir()
    stored = StoredVectors(counting, "space", tmp_path / "v.sqlite")
    kept = StoredVectors(Counting(), "space", tmp_path / "w.sqlite").embed_documents(["kite", "boat"])
    assert stored.embed_documents(["kite", "boat"]) == kept
    assert "vectors are not kept" in caplog.text
    stored.embed_documents(["kite"])
    assert counting.asked == ["kite", "boat", "kite"]
