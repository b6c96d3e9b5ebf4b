"""The scores a document carries from step to step, in its metadata under ``scores``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from app.registry.document import embedded_text


def fused_score(document: Document) -> float:
    """What fusion gave; 0 for a document from elsewhere, without scores."""
    return float(document.metadata.get("scores", {}).get("fused") or 0.0)


def rank_score(document: Document) -> float:
    """What the document is ranked by: its ``reranked`` score, or the fused one where nothing reranked it."""
    reranked = document.metadata.get("scores", {}).get("reranked")
    return fused_score(document) if reranked is None else float(reranked)


def blend(documents: Sequence[Document], scores: Sequence[float], weight: float) -> list[Document]:
    """The documents by ``(1 - weight) * fused + weight * score``, which becomes their ``reranked`` score.

    ``scores``, from 0 to 1, are of the first documents. The rest follow in the order they came in: they
    cannot win anything by not having been looked at.

    >>> documents = [Document("a", metadata={"scores": {"fused": 0.6}}), Document("b", metadata={})]
    >>> [one.page_content for one in blend(documents, [0.0, 1.0], 0.5)]
    ['b', 'a']
    """
    padded = [*scores, *[0.0] * (len(documents) - len(scores))]
    ranked = [
        with_score(document, (1 - weight) * fused_score(document) + weight * score)
        for document, score in zip(documents, padded, strict=True)
    ]
    first, rest = ranked[: len(scores)], ranked[len(scores) :]
    return sorted(first, key=rank_score, reverse=True) + rest


def embedded(document: Document) -> str:
    """The words the document was embedded by."""
    return embedded_text(document.metadata.get("headings") or [], document.page_content)


def with_score(document: Document, score: float, **metadata: Any) -> Document:
    """The document with its ``reranked`` score, and what else is to be known about it."""
    scores = {**document.metadata.get("scores", {}), "reranked": score}
    known = {**document.metadata, **metadata, "scores": scores}
    return Document(document.page_content, id=document.id, metadata=known)
