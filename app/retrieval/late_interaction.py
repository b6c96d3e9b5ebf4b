"""A reranker that compares token with token, with the vectors the embedder makes anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import ConfigDict

from app.retrieval.minilm_embeddings import MiniLMEmbeddings, TokenVectors
from app.retrieval.scores import blend, embedded
from app.retrieval.token_store import TokenStore

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
    idf: Callable[[str], float]
    candidates: int = 20
    weight: float = 0.3

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        first = documents[: self.candidates]
        asked = self.encoder.tokens(query)
        if not asked.words or not first:
            return list(documents)
        late = maxsim(asked, self.store.vectors([embedded(document) for document in first]), self.idf)
        top = max(late) or 1.0
        return blend(documents, [score / top for score in late], self.weight)


def maxsim(asked: TokenVectors, passages: Sequence[np.ndarray], idf: Callable[[str], float]) -> list[float]:
    """How well each passage meets the question's tokens, 0 to 1 - ``ALIKE``.

    >>> import numpy as np
    >>> asked = TokenVectors(("warranty",), np.array([[1.0, 0.0]]))
    >>> maxsim(asked, [np.array([[1.0, 0.0]]), np.array([[0.6, 0.8]])], lambda _: 3.0)
    [0.7, 0.3]
    """
    import numpy as np

    weights = np.array([max(idf(word) - 1.0, LEAST_WEIGHT) for word in asked.words])
    weights /= weights.sum()
    found = []
    for rows in passages:
        best = (asked.vectors @ rows.T).max(axis=1) if len(rows) else np.zeros(len(weights))
        found.append(round(float(weights @ np.maximum(best - ALIKE, 0.0)), 6))
    return found
