"""Evidence in parts: of many passages only the windows that are near the question."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.documents import Document

from app.registry.document import COLUMNS
from app.retrieval.ranking.scores import rank_score
from app.retrieval.ranking.window_rerank import Window

RANK_WEIGHT = 4.0
"""A window is chosen by its cosine + this much of its passage's rank score (1, 2 and 4 were measured on
``chunking_eval``; they differ little)."""


def cut_to_windows(documents: Sequence[Document], characters: int) -> list[Document]:
    """The best windows of ranked documents, together at most ``characters`` long, and at least one.

    A document keeps its place; its chosen windows stand in their order, those that touch joined into one
    part with the offsets of its own. A document whose windows nobody looked at (it is short, or came from
    elsewhere) is chosen or not as a whole.
    """
    taken: dict[int, list[Window]] = {}
    room = characters
    for place, window in by_nearness(documents):
        length = window[1] - window[0]
        if length <= room or not taken:
            taken.setdefault(place, []).append(window)
            room -= length
    return [part for place in sorted(taken) for part in _parts(documents[place], sorted(taken[place]))]


def by_nearness(documents: Sequence[Document]) -> list[tuple[int, Window]]:
    """All windows of ranked documents, best first, each with the place of its document."""
    choices = [
        (window[2] + RANK_WEIGHT * rank_score(document), place, window)
        for place, document in enumerate(documents)
        for window in _windows(document)
    ]
    choices.sort(key=lambda choice: (-choice[0], choice[1], choice[2][0]))
    return [(place, window) for _, place, window in choices]


def _windows(document: Document) -> list[Window]:
    located = "start" in document.metadata
    known: list[Window] = document.metadata.get("windows") or []
    if known and located:
        return known
    whole = max((cosine for _, _, cosine in known), default=None)
    dense = document.metadata.get("scores", {}).get("dense")
    return [(0, len(document.page_content), float(dense or 0.0) if whole is None else whole)]


def _parts(document: Document, chosen: Sequence[Window]) -> list[Document]:
    every = _windows(document)
    spans: list[tuple[int, int]] = []
    last = -2
    for window in chosen:
        place = every.index(window)
        spans[-1:] = [(spans[-1][0], window[1])] if place == last + 1 else [*spans[-1:], window[:2]]
        last = place
    return [_part(document, start, end) for start, end in spans]


def _part(document: Document, start: int, end: int) -> Document:
    text, metadata = document.page_content, document.metadata
    if (start, end) == (0, len(text)):
        return document
    begins = metadata["start"]
    moved = {**metadata, "start": begins + start, "end": begins + end}
    if text[:start].strip():
        # The columns are those of a table at the passage's beginning, which this part is not.
        moved["headings"] = [one for one in metadata.get("headings") or [] if not one.startswith(COLUMNS)]
    return Document(text[start:end], id=document.id, metadata=moved)
