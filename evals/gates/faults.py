"""Regressions planted on purpose, to see that the gate finds them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from langchain_core.documents import Document

from app.retrieval import hybrid, scope
from app.retrieval.ranking import fusion
from app.retrieval.ranking.evidence_cut import EvidenceCut
from graphs.judging import judge as judging


@contextmanager
def reranker_at_random() -> Iterator[None]:
    """The reranker keeps six passages drawn at random."""

    def compress(self: EvidenceCut, documents: Sequence[Document], query: str, callbacks: Any = None) -> Any:
        return random.Random(query).sample(list(documents), min(self.passages, len(documents)))

    with patch.object(EvidenceCut, "compress_documents", compress):
        yield


@contextmanager
def evidence_of_one() -> Iterator[None]:
    """The evidence budget is one part of a passage."""
    original = EvidenceCut.compress_documents

    def compress(self: EvidenceCut, documents: Sequence[Document], query: str, callbacks: Any = None) -> Any:
        return original(self, documents, query)[:1]

    with patch.object(EvidenceCut, "compress_documents", compress):
        yield


@contextmanager
def fusion_upside_down() -> Iterator[None]:
    """Fusion puts the worst candidates first."""
    original = fusion.convex_fusion

    def upside_down(*arguments: Any, **named: Any) -> dict[str, float]:
        fused = original(*arguments, **named)
        return dict(zip(reversed(fused), fused.values(), strict=True))

    with patch.object(hybrid, "convex_fusion", upside_down):
        yield


@contextmanager
def access_forgotten() -> Iterator[None]:
    """Everybody searches as a member of every group."""
    original = scope.make_scope

    def open_scope(_groups: Any = (), filters: Any = None) -> Any:
        return original(["hr", "finance"], filters)

    with patch.object(hybrid, "make_scope", open_scope):
        yield


@contextmanager
def offsets_off_by_one() -> Iterator[None]:
    """Citations name the place one character further on."""
    original = judging.Judge.citation

    def further_on(*arguments: Any) -> Any:
        citation = original(*arguments)
        return {**citation, "start": citation["start"] + 1, "end": citation["end"] + 1}

    with patch.object(judging.Judge, "citation", further_on):
        yield


FAULTS: Mapping[str, Callable[[], Any]] = {
    "reranker at random": reranker_at_random,
    "one passage of evidence": evidence_of_one,
    "fusion upside down": fusion_upside_down,
    "access rules forgotten": access_forgotten,
    "citation offsets off by one": offsets_off_by_one,
}
