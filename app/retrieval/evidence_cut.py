"""The default reranker: keep the fused order, cut to what is worth showing."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document


class EvidenceCut(BaseDocumentCompressor):
    """Cuts a ranked list by score, by number and by characters; never reorders.

    No cross-encoder weights can be had as a package, and the fused order is hard to beat without one, so
    this is the default; any ``BaseDocumentCompressor`` takes its place.
    """

    passages: int = 6
    characters: int = 6000
    floor: float = 0.35
    """Passages below this share of the best score are left out."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        kept: list[Document] = []
        room = self.characters
        seen: set[str] = set()
        best = max((fused_score(document) for document in documents), default=0.0)
        for document in documents:
            if len(kept) == self.passages or fused_score(document) < self.floor * best:
                break
            # The same words in two places (a copied file, a regional variant) are evidence once.
            words = " ".join(document.page_content.split()).casefold()
            if words in seen or (len(document.page_content) > room and kept):
                continue
            seen.add(words)
            room -= len(document.page_content)
            kept.append(document)
        return kept


def fused_score(document: Document) -> float:
    """The score fusion gave, or 0 for a document from elsewhere."""
    return float(document.metadata.get("scores", {}).get("fused") or 0.0)
