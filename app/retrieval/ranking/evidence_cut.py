"""What is shown as evidence: a ranked list, cut to what is worth showing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document

from app.retrieval.ranking.evidence_windows import cut_to_windows
from app.retrieval.ranking.scores import rank_score


class EvidenceCut(BaseDocumentCompressor):
    """Cuts a ranked list by score, by number and by characters.

    ``order`` is asked for a better order first. A document's rank is its ``reranked`` score, or its
    ``fused`` one where nothing reranked it.
    """

    order: BaseDocumentCompressor | None = None
    passages: int
    characters: int
    floor: float
    """Passages below this share of the best score are left out."""
    unit: Literal["passages", "windows"]
    """``windows``: of every passage above the floor what is nearest, until the characters are used up."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        if self.order is not None and documents:
            documents = self.order.compress_documents(documents, query, callbacks)
        kept = self._above_the_floor(documents)
        if self.unit == "windows":
            return cut_to_windows(kept, self.characters)
        room = self.characters
        shown: list[Document] = []
        for document in kept:
            if len(document.page_content) > room and shown:
                continue
            room -= len(document.page_content)
            shown.append(document)
            if len(shown) == self.passages:
                break
        return shown

    def _above_the_floor(self, documents: Sequence[Document]) -> list[Document]:
        """Until the first below it; the same words in two places (a copy, a variant) once."""
        kept: dict[str, Document] = {}
        best = max((rank_score(document) for document in documents), default=0.0)
        for document in documents:
            if rank_score(document) < self.floor * best:
                break
            kept.setdefault(" ".join(document.page_content.split()).casefold(), document)
        return list(kept.values())
