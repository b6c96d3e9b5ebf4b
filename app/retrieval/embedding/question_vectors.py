"""The vectors of the last questions: several steps of one answer compare with the same one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.arrays import embed_array, embed_query_array
from app.storage.held import Held

if TYPE_CHECKING:
    import numpy as np


class QuestionVectors(Embeddings):
    """``embeddings``, which are asked once for a question, however many steps and threads need its vector."""

    def __init__(self, embeddings: Embeddings, size: int = 256) -> None:
        self._embeddings = embeddings
        self._held: Held[str, np.ndarray] = Held(size)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embeddings.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.embed_query_array(text).tolist()
        return vector

    def embed_array(self, texts: Sequence[str]) -> np.ndarray:
        """Float32, one row a text."""
        return embed_array(self._embeddings, texts)

    def embed_query_array(self, text: str) -> np.ndarray:
        """Float32. It is shared, and cannot be changed."""
        return self._held.get(text, lambda: self._ask(text))

    def _ask(self, text: str) -> np.ndarray:
        vector = embed_query_array(self._embeddings, text)
        vector.flags.writeable = False
        return vector
