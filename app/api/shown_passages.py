"""Passages as they may be shown to whoever asks: what guards hold back of an answer is held back of them."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.documents import Document

from app.api.contract.searching import FoundPassage
from graphs.judging.shown_words import ShownWords
from graphs.parts import Parts
from graphs.passages import to_passage


def shown_passages(parts: Parts, found: Sequence[Document]) -> list[FoundPassage]:
    """Each with its words masked, or none of them, as the output guard has it. Blocking: call it in a thread.

    Raises:
        GuardFailedError: a guard could not look at them.
    """
    passages = [to_passage(one) for one in found]
    shown = ShownWords(parts, passages)
    if shown.asks:
        shown.versions.read_ahead((one["doc_id"], one["version"]) for one in passages)
    told: list[FoundPassage] = []
    for one in passages:
        words, redacted, blocked = shown.place(one["doc_id"], one["version"], one["start"], one["text"])
        if blocked:
            words = ""
        if parts.check_answer is not None and words:
            result = parts.check_answer(words)
            words = result.text if result.verdict != "deny" else ""
        named, masks = shown.named(one)
        told.append(
            FoundPassage(
                doc_id=one["doc_id"],
                version=one["version"],
                start=one["start"],
                end=one["end"],
                text=words,
                title=named["title"],
                headings=named["headings"],
                page=one["page"],
                uri=named["uri"],
                redacted=redacted or masks or words != one["text"],
            )
        )
    return told
