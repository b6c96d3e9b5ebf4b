"""A reranker that compares token with token, with the vectors the embedder makes anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import ConfigDict

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings, TokenVectors
from app.retrieval.embedding.token_store import TokenStore, quantised
from app.retrieval.ranking.scores import blend, embedded
from app.retrieval.word_weights import WordWeights

if TYPE_CHECKING:
    import numpy as np

ALIKE = 0.3
"""Two tokens this alike say nothing: so are most."""

LEAST_WEIGHT = 0.1


class LateInteraction(BaseDocumentCompressor):
    """Orders the first ``candidates`` documents by

        (1 - weight) * fused + weight * late / (the largest late)
        late = sum over the question's tokens of idf * max(0, best cosine with a token of the passage - .3)

    that is MaxSim (Khattab and Zaharia, 2020, ColBERT) over MiniLM's own token vectors, each token weighed by
    how rare its word is. The rest follow in the order they came in.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    encoder: MiniLMEmbeddings
    store: TokenStore
    weigh: WordWeights
    candidates: int
    weight: float

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        first = documents[: self.candidates]
        asked = self.encoder.question_tokens(query)
        if not asked.words or not first:
            return list(documents)
        codes = self.store.codes([embedded(document) for document in first])
        late = maxsim(asked, codes, self.weigh(asked.words))
        top = max(late) or 1.0
        return blend(documents, [score / top for score in late], self.weight)


def maxsim(asked: TokenVectors, passages: Sequence[np.ndarray], idf: Mapping[str, float]) -> list[float]:
    """How well each passage, given as ``quantised`` tokens, meets the question's tokens: 0 to 1 - ``ALIKE``.

    >>> import numpy as np
    >>> asked = TokenVectors(("warranty",), np.array([[1.0, 0.0]], np.float32))
    >>> codes = [np.array([[127, 0]], np.int8), np.array([[60, 80]], np.int8)]
    >>> found = maxsim(asked, codes, {"warranty": 3.0})
    >>> [round(score, 2) for score in found]
    [0.7, 0.3]
    """
    import numpy as np
    import simsimd

    weights = np.array([max(idf[word] - 1.0, LEAST_WEIGHT) for word in asked.words])
    weights /= weights.sum()
    # Not a product of matrices by BLAS: its threads wait for each other when other requests are answered.
    codes = quantised(asked.vectors)
    found = []
    for rows in passages:
        best = np.zeros(len(weights))
        if len(rows):
            best = 1.0 - np.asarray(simsimd.cdist(codes, rows, "cosine")).min(axis=1)
        found.append(float(weights @ np.maximum(best - ALIKE, 0.0)))
    return found
