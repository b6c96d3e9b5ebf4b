"""A reranker that looks at parts of passages: search by a whole page, judge by its best sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import ConfigDict

from app.registry.document import embedded_text
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.ranking.fusion import USUAL_WEIGHT, convex_fusion
from app.retrieval.ranking.scores import embedded, rank_score, with_score
from app.retrieval.ranking.windows import WINDOW_CHARS, windows

if TYPE_CHECKING:
    import numpy as np

LOOKED_AT = 10
"""Passages looked at, where nobody says how many."""

Window = tuple[int, int, float]
"""Where a window stands in its passage, and its cosine with the question."""

LUCK = 0.04
"""The best of many windows is near by luck: this much for each e-fold number of them (of 0, .02 and .04 the
best on the sets it was chosen on)."""


class WindowRerank(BaseDocumentCompressor):
    """Orders the first ``candidates`` documents by the fusion they were found by, with a closer look:

        dense = (c + w - LUCK log(n)) / 2

    where c is the passage's cosine with the question, w that of the nearest of its n windows. A passage of a
    thousand characters says several things, and its one vector blurs them. A passage of one window keeps c.
    Windows are embedded below the passage's headings, when a passage first comes near an answer. The rest
    follow in the order they came in.

    Each document looked at gets the score ``reranked`` and, as ``windows`` in its metadata, every window as
    (start, end, cosine) in the passage's own offsets.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    vectors: EmbeddingCache
    candidates: int = LOOKED_AT
    window_chars: int = WINDOW_CHARS
    dense_weight: float = USUAL_WEIGHT
    """For documents that do not say by which weight they were fused."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> list[Document]:
        first, rest = list(documents[: self.candidates]), list(documents[self.candidates :])
        # Without cosines the dense leg failed: so would this.
        if not any(_score(document, "dense") is not None for document in first):
            return list(documents)
        asked = self.vectors.question(query)
        looked = self._looked_at(first, asked)
        dense: dict[str, float] = {}
        lexical: dict[str, float] = {}
        for number, (document, seen) in enumerate(zip(first, looked, strict=True)):
            known = _score(document, "dense")
            if known is None:
                known = float(self.vectors.vectors([embedded(document)])[0] @ asked)
            dense[str(number)] = closer(known, [cosine for _, _, cosine in seen])
            if (words := _score(document, "lexical")) is not None:
                lexical[str(number)] = words
        weight = _score(first[0], "dense_weight")
        fused = convex_fusion(dense, lexical, self.dense_weight if weight is None else weight)
        ranked = [
            with_score(document, fused.get(str(number), 0.0), windows=seen)
            for number, (document, seen) in enumerate(zip(first, looked, strict=True))
        ]
        return sorted(ranked, key=rank_score, reverse=True) + rest

    def _looked_at(self, documents: Sequence[Document], asked: np.ndarray) -> list[list[Window]]:
        """The windows of each document; none where it is a single one."""
        places = [windows(document.page_content, self.window_chars) for document in documents]
        places = [spans if len(spans) > 1 else [] for spans in places]
        texts = [
            embedded_text(document.metadata.get("headings") or [], document.page_content[start:end])
            for document, spans in zip(documents, places, strict=True)
            for start, end in spans
        ]
        near = iter((self.vectors.vectors(texts) @ asked).tolist() if texts else [])
        return [[(start, end, next(near)) for start, end in spans] for spans in places]


def closer(passage: float, parts: Sequence[float]) -> float:
    """The cosine of a passage after a look at those of its windows.

    >>> round(closer(0.4, [0.6, 0.1]), 3), closer(0.4, [])
    (0.486, 0.4)
    """
    if not parts:
        return passage
    return (passage + max(parts) - LUCK * math.log(len(parts))) / 2


def _score(document: Document, name: str) -> float | None:
    value = document.metadata.get("scores", {}).get(name)
    return None if value is None else float(value)
