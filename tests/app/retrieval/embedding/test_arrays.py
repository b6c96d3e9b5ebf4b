"""Vectors as arrays: the same as the lists, and never another embedder's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.arrays import embed_array, embed_query_array, unit
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.question_vectors import QuestionVectors
from app.retrieval.embedding.stored_vectors import StoredVectors

TEXTS = ["a laptop", "a recipe for soup"]


class Lists(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0, 2.0]


class Own(MiniLMEmbeddings):
    """Somebody's subclass that knows nothing of arrays."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[7.0] for _ in texts]


@pytest.fixture(params=["minilm", "lists", "stored", "questions"])
def embeddings(request: pytest.FixtureRequest, tmp_path: Path) -> Embeddings:
    kinds: dict[str, Embeddings] = {"minilm": MiniLMEmbeddings(threads=1), "lists": Lists()}
    kinds["stored"] = StoredVectors(MiniLMEmbeddings(threads=1), "space", tmp_path / "v.sqlite")
    kinds["questions"] = QuestionVectors(MiniLMEmbeddings(threads=1))
    return kinds[request.param]


def test_arrays_are_the_lists(embeddings: Embeddings) -> None:
    made, asked = embed_array(embeddings, TEXTS), embed_query_array(embeddings, TEXTS[0])
    assert {made.dtype, asked.dtype} == {np.dtype(np.float32)}
    assert made.tolist() == np.asarray(embeddings.embed_documents(TEXTS), np.float32).tolist()
    assert asked.tolist() == np.asarray(embeddings.embed_query(TEXTS[0]), np.float32).tolist()
    assert embed_array(embeddings, []).shape[0] == 0


def test_a_subclass_that_makes_lists_its_own_is_asked_for_lists() -> None:
    assert embed_array(Own(threads=1), TEXTS).tolist() == [[7.0], [7.0]]
    assert embed_query_array(Own(threads=1), TEXTS[0]).shape == (384,)


def test_the_vector_of_a_question_is_shared_and_cannot_be_changed() -> None:
    questions = QuestionVectors(Lists())
    vector = embed_query_array(questions, "why")
    assert embed_query_array(questions, "why") is vector
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 5.0


def test_length_is_one_except_of_nothing() -> None:
    made = unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert np.linalg.norm(made, axis=1).tolist() == pytest.approx([1.0, 0.0])
    assert made.dtype == np.float32
