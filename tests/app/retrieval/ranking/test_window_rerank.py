"""Passages judged by their parts, with the carried embedder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.ranking.window_rerank import WindowRerank
from app.retrieval.ranking.window_vectors import WindowVectors

MODEL = MiniLMEmbeddings(threads=1)
QUESTION = "How long can I return a kettle?"
FILLER = "The harbour was rebuilt after the great storm and its wharves now serve the fishing fleet. "
ANSWER = "A kettle can be returned within thirty days of the purchase. "
ABOUT = "This page is about kettles, returns, and how long things take in general. "


@pytest.fixture(scope="module")
def cache() -> EmbeddingCache:
    return EmbeddingCache(MODEL)


def document(text: str, name: str, **scores: Any) -> Document:
    known = {"fused": 0.5, "dense": 0.4, "lexical": 3.0, "dense_weight": 0.6}
    return Document(text, id=name, metadata={"headings": [], "start": 100, "scores": {**known, **scores}})


def test_the_passage_that_says_it_somewhere_comes_before_the_one_that_never_does(
    cache: EmbeddingCache,
) -> None:
    blurred = document(FILLER * 4 + ANSWER + FILLER * 3, "holds", dense=0.4)
    vague = document(FILLER * 8, "never", dense=0.42)
    found = WindowRerank(vectors=cache).compress_documents([vague, blurred], QUESTION)
    assert [one.id for one in found] == ["holds", "never"]
    windows = found[0].metadata["windows"]
    start, end, cosine = max(windows, key=lambda window: window[2])
    assert ANSWER.strip() in found[0].page_content[start:end]
    assert cosine > 0.4
    assert found[0].metadata["scores"]["reranked"] == pytest.approx(1.0)
    assert found[0].metadata["scores"]["fused"] == 0.5


def test_those_not_looked_at_follow_as_they_came(cache: EmbeddingCache) -> None:
    given = [document(FILLER * 3, name) for name in ("a", "b", "c", "d")]
    found = WindowRerank(vectors=cache, candidates=2).compress_documents(given, QUESTION)
    assert [one.id for one in found][2:] == ["c", "d"]
    assert all("windows" not in one.metadata for one in found[2:])


def test_what_words_alone_found_is_compared_by_meaning_too(cache: EmbeddingCache) -> None:
    found = WindowRerank(vectors=cache).compress_documents(
        [document(FILLER, "first"), document(ANSWER, "second", dense=None)], QUESTION
    )
    assert found[0].id == "second"


class Broken(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise AssertionError("asked for vectors")

    def embed_query(self, text: str) -> list[float]:
        raise AssertionError("asked for vectors")


def test_where_the_dense_leg_failed_the_order_stays_and_nothing_is_embedded() -> None:
    given = [document(FILLER * 3, "a", dense=None), document(ANSWER, "b", dense=None)]
    found = WindowRerank(vectors=EmbeddingCache(Broken())).compress_documents(given, QUESTION)
    assert found == given
    assert WindowRerank(vectors=EmbeddingCache(Broken())).compress_documents([], QUESTION) == []


def test_the_same_question_gives_the_same_order(cache: EmbeddingCache) -> None:
    given = [document(FILLER * 2 + ABOUT, str(number)) for number in range(5)]
    first, second = (WindowRerank(vectors=cache).compress_documents(given, QUESTION) for _ in range(2))
    assert first == second


class Alone(EmbeddingCache):
    """Remembers which texts were embedded by themselves."""

    def __init__(self) -> None:
        super().__init__(MODEL)
        self.texts: list[str] = []

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return super().vectors(texts)


def test_with_stored_windows_only_the_nearest_of_the_first_few_is_embedded(tmp_path: Path) -> None:
    whole = StoredVectors(MODEL, MODEL.fingerprint, tmp_path / "embeddings.sqlite")
    stored = WindowVectors(MODEL, whole, tmp_path / "windows.sqlite")
    alone = Alone()
    given = [document(FILLER * 8, f"never {number}", dense=0.42 - number / 1000) for number in range(6)]
    given.append(document(FILLER * 4 + ANSWER + FILLER * 3, "holds", dense=0.4))
    found = WindowRerank(vectors=alone, stored=stored, alone=3).compress_documents(given, QUESTION)
    assert found[0].id == "holds"
    assert len(alone.texts) == 3
    assert any(ANSWER.strip() in text for text in alone.texts)
    start, end, cosine = max(found[0].metadata["windows"], key=lambda window: window[2])
    assert ANSWER.strip() in found[0].page_content[start:end]
    (text,) = [text for text in alone.texts if ANSWER.strip() in text]
    assert cosine == pytest.approx(float(alone.vectors([text])[0] @ alone.question(QUESTION)))
    every = WindowRerank(vectors=EmbeddingCache(MODEL)).compress_documents(given, QUESTION)
    assert every[0].id == "holds"
    places = [[window[:2] for window in one.metadata["windows"]] for one in (found[0], every[0])]
    assert places[0] == places[1]
