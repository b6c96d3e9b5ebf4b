"""Both legs of the product's retrieval over a benchmark's index, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from langchain_core.documents import Document

from app.retrieval.ranking.balance import dense_weight
from app.retrieval.ranking.fusion import convex_fusion
from app.retrieval.ranking.window_rerank import WindowRerank
from app.retrieval.scope import make_scope
from app.settings import RetrievalSettings
from evals.benchmarks.index import BenchIndex, nearest


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg brings for one question, by passage."""

    lexical: Mapping[str, float]
    near: Mapping[str, float]
    """Cosines of the nearest passages."""
    dense: Mapping[str, float]
    """Those, and the cosines of what words found."""
    mean: float
    """Mean cosine of all passages."""

    def weight(self, settings: RetrievalSettings) -> float:
        """Weight of the dense leg, as the product decides it."""
        if settings.dense_weight is not None:
            return settings.dense_weight
        return dense_weight(max(self.dense.values(), default=0.0), self.mean)

    def fused(self, weight: float) -> dict[str, float]:
        return convex_fusion(self.dense, self.lexical, weight)


def both_legs(
    index: BenchIndex, passages: np.ndarray, question: str, vector: np.ndarray, candidates: int
) -> Legs:
    """Ask both legs. ``passages`` has one unit row a passage of the index, ``vector`` is the question's."""
    cosines = passages @ vector
    lexical = {hit.passage_id: hit.bm25 for hit in index.words.search(question, candidates, make_scope())}
    near = {index.passage_ids[row]: cosine for row, cosine in nearest(passages, vector, candidates)}
    dense = near | {name: float(cosines[index.rows[name]]) for name in lexical}
    return Legs(lexical, near, dense, float(cosines.mean()))


def looked_at(
    index: BenchIndex, legs: Legs, weight: float, question: str, reranker: WindowRerank, top_k: int
) -> dict[str, float]:
    """The first ``top_k`` of the fused list as reranked by the product: the best has ``top_k``, then less."""
    ranked = reranker.compress_documents(as_found(index, legs, weight, top_k), question)
    return {str(document.id): float(top_k - place) for place, document in enumerate(ranked)}


def as_found(index: BenchIndex, legs: Legs, weight: float, top_k: int) -> list[Document]:
    """The first ``top_k`` of the fused list as the product's retriever hands them on."""
    documents = []
    for name, fused in list(legs.fused(weight).items())[:top_k]:
        passage = index.documents[index.rows[name]]
        scores = {
            "fused": fused,
            "dense": legs.dense[name],
            "lexical": legs.lexical.get(name),
            "dense_weight": weight,
        }
        documents.append(
            Document(passage.page_content, id=name, metadata={**passage.metadata, "scores": scores})
        )
    return documents
