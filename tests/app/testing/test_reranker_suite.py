"""What is asked of a stranger's reranker, ours do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.token_store import TokenStore
from app.retrieval.ranking.late_interaction import LateInteraction
from app.retrieval.ranking.rerank_endpoint import RerankEndpoint
from app.retrieval.ranking.window_rerank import WindowRerank
from app.testing.reranker_suite import RerankerSuite
from tests.support.rerank_server import serve_reranking

MINILM = MiniLMEmbeddings(threads=1)


class TestWindows(RerankerSuite):
    reranker = WindowRerank(vectors=EmbeddingCache(MINILM), candidates=3, window_chars=40)


class TestLateInteraction(RerankerSuite):
    @pytest.fixture(autouse=True)
    def _stored(self, tmp_path: Path) -> None:
        type(self).reranker = LateInteraction(
            encoder=MINILM,
            store=TokenStore(MINILM, tmp_path / "tokens.sqlite", 100),
            weigh=lambda words: dict.fromkeys(words, 2.0),
            candidates=3,
            weight=0.3,
        )


class TestEndpoint(RerankerSuite):
    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with serve_reranking() as url:
            type(self).reranker = RerankEndpoint(base_url=url, candidates=3, weight=0.3, timeout_s=5.0)
            yield
