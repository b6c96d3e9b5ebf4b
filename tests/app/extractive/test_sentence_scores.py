"""Scores travel from the gate to the extractor of the same run, whatever runs beside it."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

from langchain_core.embeddings import Embeddings

from app.extractive.sentence_scores import Candidate, SentenceScorer
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.question_vectors import QuestionVectors
from app.retrieval.word_weights import index_weights
from tests.app.extractive.test_answerer import passage

EVIDENCE = [passage("The warranty of the gateway lasts 36 months. Paint is not covered by it at all.")]


class _Counted(Embeddings):
    """Vectors of two letters' shares; counts the questions it is asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self._lock = Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0 + text.count("a"), 1.0 + text.count("e")] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        with self._lock:
            self.questions.append(text)
        return self.embed_documents([text])[0]


def test_runs_at_the_same_moment_do_not_take_each_others_scores() -> None:
    embeddings, rare = _Counted(), [1]

    def frequencies(words: Collection[str]) -> tuple[dict[str, int], int]:
        return {word: rare[0] + len(word) for word in words}, 100

    def alone(question: str) -> list[Candidate]:
        apart = SentenceScorer(EmbeddingCache(_Counted()), index_weights(frequencies))
        return apart.candidates(question, EVIDENCE)

    scorer = SentenceScorer(EmbeddingCache(QuestionVectors(embeddings)), index_weights(frequencies))
    questions = [f"How long does warranty number {n} of the gateway last?" for n in range(8)]
    together = Barrier(8)

    def run(question: str) -> bool:
        together.wait(10)
        return all(scorer.candidates(question, EVIDENCE) == expected[question] for _ in range(5))

    expected = {question: alone(question) for question in questions}
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, questions))
        assert all(pool.map(run, questions[:1] * 8))
    assert sorted(embeddings.questions) == sorted(questions)
    rare[0] = 40
    assert alone(questions[0]) != expected[questions[0]]
    assert scorer.candidates(questions[0], EVIDENCE) == alone(questions[0])
