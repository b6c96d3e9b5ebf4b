"""The vectors of the last questions: several steps of one answer compare with the same one."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from app.storage.held import Held


class QuestionVectors(Embeddings):
    """``embeddings``, which are asked once for a question, however many steps and threads need its vector."""

    def __init__(self, embeddings: Embeddings, size: int = 256) -> None:
        self._embeddings = embeddings
        self._held: Held[str, tuple[float, ...]] = Held(size)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embeddings.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return list(self._held.get(text, lambda: tuple(self._embeddings.embed_query(text))))
