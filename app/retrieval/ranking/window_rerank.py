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
from app.retrieval.ranking.window_vectors import WindowedText, WindowVectors
from app.retrieval.ranking.windows import WINDOW_CHARS, windows

if TYPE_CHECKING:
    import numpy as np

LOOKED_AT = 10
"""Passages looked at, where nobody says how many."""

Window = tuple[int, int, float]
"""Where a window stands in its passage, and its cosine with the question."""

ALONE = 4
"""Passages whose nearest window is embedded by itself: from 3 on all are as good as all windows embedded."""

SHARPEN = 0.3
"""By least squares on 22,000 windows of seven sets: 1.18 to 1.36 times the one cosine, less .22 to .42 of the
other (docs/decisions/0018-first-question.md)."""

LUCK = 0.04
"""The best of many windows is near by luck: this much for each e-fold number of them (of 0, .02 and .04 the
best on the sets it was chosen on)."""


class WindowRerank(BaseDocumentCompressor):
    """Orders the first ``candidates`` documents by the fusion they were found by, with a closer look:

        dense = (c + w - LUCK log(n)) / 2

    where c is the passage's cosine with the question, w that of the nearest of its n windows. A passage of a
    thousand characters says several things, and its one vector blurs them. A passage of one window keeps c.
    The rest follow in the order they came in.

    Where there are ``stored`` vectors, made of the passage's own tokens, the cosines of all windows are
    estimated by them; then only the nearest window of each of the first ``alone`` passages, in the order that
    gives, is embedded by itself, below the passage's headings, and the others are moved by as much as it
    differs. Without them every window is embedded.

    Each document looked at gets the score ``reranked`` and, as ``windows`` in its metadata, every window as
    (start, end, cosine) in the passage's own offsets.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    vectors: EmbeddingCache
    stored: WindowVectors | None = None
    candidates: int = LOOKED_AT
    alone: int = ALONE
    window_chars: int = WINDOW_CHARS
    """Where nothing is stored; what is has windows of the usual length."""
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
        known = [self._cosine(document, asked) for document in first]
        if self.stored is None:
            seen = self._all_alone(first, asked)
            best = [max((cosine for _, _, cosine in one), default=0.0) for one in seen]
        else:
            seen = _estimated(self.stored, first, known, asked)
            best = self._best_alone(first, known, seen, asked)
        fused = self._fused(first, known, seen, best)
        ranked = [
            with_score(document, score, windows=windows_seen)
            for document, score, windows_seen in zip(first, fused, seen, strict=True)
        ]
        return sorted(ranked, key=rank_score, reverse=True) + rest

    def _cosine(self, document: Document, asked: np.ndarray) -> float:
        """As the dense leg found it; computed where only the lexical one did."""
        known = _score(document, "dense")
        return float(self.vectors.vectors([embedded(document)])[0] @ asked) if known is None else known

    def _fused(
        self,
        documents: Sequence[Document],
        known: Sequence[float],
        seen: Sequence[Sequence[Window]],
        best: Sequence[float],
    ) -> list[float]:
        dense = {
            str(number): closer(cosine, nearest, len(windows_seen))
            for number, (cosine, nearest, windows_seen) in enumerate(zip(known, best, seen, strict=True))
        }
        lexical = {
            str(number): score
            for number, document in enumerate(documents)
            if (score := _score(document, "lexical")) is not None
        }
        weight = _score(documents[0], "dense_weight")
        fused = convex_fusion(dense, lexical, self.dense_weight if weight is None else weight)
        return [fused.get(str(number), 0.0) for number in range(len(documents))]

    def _all_alone(self, documents: Sequence[Document], asked: np.ndarray) -> list[list[Window]]:
        """The windows of each document, each embedded by itself; none where there is a single one."""
        places = [windows(document.page_content, self.window_chars) for document in documents]
        places = [spans if len(spans) > 1 else [] for spans in places]
        pairs = [(one, span) for one, spans in zip(documents, places, strict=True) for span in spans]
        near = iter(self._cosines_alone(pairs, asked))
        return [[(start, end, next(near)) for start, end in spans] for spans in places]

    def _best_alone(
        self,
        documents: Sequence[Document],
        known: Sequence[float],
        seen: Sequence[list[Window]],
        asked: np.ndarray,
    ) -> list[float]:
        """The cosine of each document's nearest window: of the first few embedded by itself, of the others as
        estimated. By as much as that differs the document's windows in ``seen`` are moved."""
        nearest = [one.index(max(one, key=lambda window: window[2])) if one else 0 for one in seen]
        best = [one[place][2] if one else 0.0 for one, place in zip(seen, nearest, strict=True)]
        fused = self._fused(documents, known, seen, best)
        order = sorted((n for n, one in enumerate(seen) if one), key=lambda n: fused[n], reverse=True)
        first = order[: self.alone]
        pairs = [(documents[n], seen[n][nearest[n]][:2]) for n in first]
        for n, cosine in zip(first, self._cosines_alone(pairs, asked), strict=True):
            moved = cosine - best[n]
            best[n] = cosine
            seen[n][:] = [(start, end, near + moved) for start, end, near in seen[n]]
        return best

    def _cosines_alone(
        self, places: Sequence[tuple[Document, tuple[int, int]]], asked: np.ndarray
    ) -> list[float]:
        """Of windows embedded by themselves, below their headings."""
        texts = [
            embedded_text(document.metadata.get("headings") or [], document.page_content[start:end])
            for document, (start, end) in places
        ]
        found: list[float] = (self.vectors.vectors(texts) @ asked).tolist() if texts else []
        return found


def _estimated(
    stored: WindowVectors, documents: Sequence[Document], known: Sequence[float], asked: np.ndarray
) -> list[list[Window]]:
    """The windows of each document with estimated cosines."""
    texts = [WindowedText(tuple(one.metadata.get("headings") or []), one.page_content) for one in documents]
    return [
        [
            (start, end, as_if_alone(cosine, passage))
            for (start, end), cosine in zip(one.spans, one.cosines(asked), strict=True)
        ]
        for one, passage in zip(stored.of(texts), known, strict=True)
    ]


def as_if_alone(inside: float, passage: float) -> float:
    """About the cosine a window has when it is embedded by itself, from the one of its tokens inside the
    passage, which takes after what stands around it.

    >>> round(as_if_alone(0.5, 0.4), 2)
    0.53
    """
    return inside + SHARPEN * (inside - passage)


def closer(passage: float, best: float, count: int) -> float:
    """The cosine of a passage after a look at its ``count`` windows, of which ``best`` is the largest cosine.

    >>> round(closer(0.4, 0.6, 2), 3), closer(0.4, 0.0, 0)
    (0.486, 0.4)
    """
    return (passage + best - LUCK * math.log(count)) / 2 if count else passage


def _score(document: Document, name: str) -> float | None:
    value = document.metadata.get("scores", {}).get(name)
    return None if value is None else float(value)
