"""LangChain documents to evidence passages and back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from graphs.state import EvidencePassage


def to_passage(document: Document) -> EvidencePassage:
    """A retrieved document as a passage.

    Documents from a host's own retriever need not carry Pincite's keys: one without offsets is its own
    canonical text, so its version is the sha256 of its content and its offsets start at 0.
    """
    meta: dict[str, Any] = document.metadata
    text = document.page_content
    located = "start" in meta and "end" in meta and "version" in meta and "doc_id" in meta
    named = meta.get("doc_id") or document.id or meta.get("source") or meta.get("uri") or "document"
    page = meta.get("page")
    return EvidencePassage(
        doc_id=str(named),
        version=str(meta["version"]) if located else hashlib.sha256(text.encode()).hexdigest(),
        start=int(meta["start"]) if located else 0,
        end=int(meta["end"]) if located else len(text),
        text=text,
        title=str(meta.get("title") or named),
        uri=str(meta.get("uri") or meta.get("source") or ""),
        headings=[str(heading) for heading in meta.get("headings") or []],
        page=page if isinstance(page, int) else None,
        scores=dict(meta.get("scores") or {}),
        metadata=dict(meta.get("metadata") or {}),
    )


def to_document(passage: EvidencePassage) -> Document:
    """The passage as a LangChain document, for rerankers."""
    metadata: dict[str, Any] = {key: value for key, value in passage.items() if key != "text"}
    return Document(passage["text"], id=passage_id(passage), metadata=metadata)


def passage_id(passage: EvidencePassage) -> str:
    """Names a passage in a receipt, with the whole version: part of one is none."""
    return f"{passage['doc_id']}@{passage['version']}:{passage['start']}-{passage['end']}"


def context_of(passage: EvidencePassage) -> list[str]:
    """Title and headings above the passage, without repeats."""
    return list(dict.fromkeys(filter(None, [passage["title"], *passage["headings"]])))


def merge(known: Sequence[EvidencePassage], new: Sequence[EvidencePassage]) -> list[EvidencePassage]:
    """``known`` followed by those of ``new`` that are not among them; numbers of ``known`` stay."""
    seen = {_place(passage) for passage in known}
    return [*known, *(passage for passage in new if _place(passage) not in seen)]


def _place(passage: EvidencePassage) -> tuple[str, str, int, int]:
    return passage["doc_id"], passage["version"], passage["start"], passage["end"]


def unseen(shown: Sequence[EvidencePassage], found: Sequence[EvidencePassage]) -> list[EvidencePassage]:
    """Those of ``found`` of which nothing is among ``shown``: no passage, and no part of it."""
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for passage in shown:
        places.setdefault((passage["doc_id"], passage["version"]), []).append(
            (passage["start"], passage["end"])
        )
    return [
        passage
        for passage in found
        if not any(
            passage["start"] <= start and end <= passage["end"]
            for start, end in places.get((passage["doc_id"], passage["version"]), [])
        )
    ]
