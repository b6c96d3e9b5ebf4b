"""Reranking by the token vectors of the carried embedder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from langchain_core.documents import Document

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings, TokenVectors
from app.retrieval.embedding.token_store import TokenStore
from app.retrieval.ranking.late_interaction import LateInteraction
from app.retrieval.ranking.scores import rank_score
from app.retrieval.word_weights import index_weights

TEXTS = [
    "The kitchen on the third floor is cleaned every evening.",
    "A gateway that fails within its warranty is replaced free of charge.",
    "Sensors are shipped in boxes of twelve.",
]

USUAL = {"candidates": 20, "weight": 0.3}


@pytest.fixture(scope="module")
def model() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


def reranker(model: MiniLMEmbeddings, folder: Path, **options: float) -> LateInteraction:
    store = TokenStore(model, folder / "tokens.sqlite", 100)
    weigh = index_weights(lambda words: (dict.fromkeys(words, 1), 5))
    return LateInteraction(encoder=model, store=store, weigh=weigh, **{**USUAL, **options})


def documents(*fused: float) -> list[Document]:
    return [
        Document(text, id=str(place), metadata={"headings": ["Manual"], "scores": {"fused": score}})
        for place, (text, score) in enumerate(zip(TEXTS, fused, strict=True))
    ]


def test_what_answers_the_question_comes_first(model: MiniLMEmbeddings, tmp_path: Path) -> None:
    found = reranker(model, tmp_path).compress_documents(
        documents(0.9, 0.89, 0.88), "Is a broken gateway replaced under warranty?"
    )
    assert found[0].id == "1"
    scores = [rank_score(one) for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(one.metadata["scores"]["fused"] for one in found)


def test_only_so_many_are_looked_at_and_nothing_is_lost(model: MiniLMEmbeddings, tmp_path: Path) -> None:
    found = reranker(model, tmp_path, candidates=1).compress_documents(
        documents(0.9, 0.5, 0.4), "Is a broken gateway replaced under warranty?"
    )
    assert [one.id for one in found] == ["0", "1", "2"]


@pytest.mark.parametrize("question", ["", "  ", "\n"])
def test_a_question_without_words_changes_nothing(
    model: MiniLMEmbeddings, tmp_path: Path, question: str
) -> None:
    given = documents(0.9, 0.5, 0.4)
    assert reranker(model, tmp_path).compress_documents(given, question) == given
    assert reranker(model, tmp_path).compress_documents([], "warranty") == []


def test_token_vectors_are_made_once_and_read_from_then_on(
    model: MiniLMEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = TokenStore(model, tmp_path / "tokens.sqlite", 100).codes(TEXTS)

    def not_again(_texts: object) -> list[TokenVectors]:
        assert not _texts, "made again"
        return []

    monkeypatch.setattr(model, "tokens_many", not_again)
    read = TokenStore(model, tmp_path / "tokens.sqlite", 100).codes(TEXTS)
    assert all(np.array_equal(one, other) for one, other in zip(made, read, strict=True))


def test_the_model_runs_once_over_a_question(
    model: MiniLMEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Which gateway is shipped in boxes of twelve?"
    expected, tokens = model.embed_documents([question])[0], model.tokens(question)
    ran: list[str] = []
    run = model._run
    monkeypatch.setattr(model, "_run", lambda text: ran.append(text) or run(text))  # type: ignore[func-returns-value]
    assert model.embed_query(question) == expected
    order = reranker(model, tmp_path)
    for _ in range(2):
        order.compress_documents(documents(0.9, 0.89, 0.88), question)
    assert ran.count(question) == 1
    assert model.question_tokens(question).words == tokens.words
    assert np.array_equal(model.question_tokens(question).vectors, tokens.vectors)


def test_stored_vectors_are_nearly_those_of_the_model(model: MiniLMEmbeddings, tmp_path: Path) -> None:
    [codes] = TokenStore(model, tmp_path / "tokens.sqlite", 100).codes(TEXTS[:1])
    exact = model.tokens(TEXTS[0])
    stored = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    assert len(exact.words) == len(stored)
    assert float((stored * exact.vectors).sum(axis=1).min()) > 0.999


def test_the_file_keeps_only_the_newest(model: MiniLMEmbeddings, tmp_path: Path) -> None:
    store = TokenStore(model, tmp_path / "tokens.sqlite", 2)
    for text in TEXTS:
        store.codes([text])
    connection = sqlite3.connect(tmp_path / "tokens.sqlite")
    try:
        assert connection.execute("SELECT count(*) FROM tokens").fetchone() == (2,)
    finally:
        connection.close()


def test_tokens_name_the_word_they_are_of(model: MiniLMEmbeddings) -> None:
    tokens = model.tokens("What is the onboarding?")
    assert tokens.words == ("What", "is", "the", "onboarding", "onboarding", "?")
    assert np.allclose(np.linalg.norm(tokens.vectors, axis=1), 1.0, atol=1e-5)
    assert model.tokens("").words == ()
