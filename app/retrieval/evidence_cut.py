"""What is shown as evidence: a ranked list, cut to what is worth showing."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document

from app.retrieval.scores import rank_score


class EvidenceCut(BaseDocumentCompressor):
    """Cuts a ranked list by score, by number and by characters.

    ``order`` is asked for a better order first. A document's rank is its ``reranked`` score, or its
    ``fused`` one where nothing reranked it.
    """

    order: BaseDocumentCompressor | None = None
    passages: int = 6
    characters: int = 6000
    floor: float = 0.35
    """Passages below this share of the best score are left out."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        if self.order is not None and documents:
            documents = self.order.compress_documents(documents, query, callbacks)
        kept: list[Document] = []
        room = self.characters
        seen: set[str] = set()
        best = max((rank_score(document) for document in documents), default=0.0)
        for document in documents:
            if len(kept) == self.passages or rank_score(document) < self.floor * best:
                break
            # The same words in two places (a copied file, a regional variant) are evidence once.
            words = " ".join(document.page_content.split()).casefold()
            if words in seen or (len(document.page_content) > room and kept):
                continue
            seen.add(words)
            room -= len(document.page_content)
            kept.append(document)
        return kept
