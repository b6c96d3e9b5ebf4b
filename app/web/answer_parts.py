"""An answer's parts in the words and pieces that pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.answers.asked_only import asked_only
from graphs.contracts import Answer, Citation, Claim, Excerpt


@dataclass(frozen=True, slots=True)
class ExcerptPiece:
    """Some words of an excerpt; ``citation`` is the number of the one that quotes them, 0 where none does."""

    text: str
    citation: int = 0


def excerpt_pieces(excerpt: Excerpt) -> Iterator[ExcerptPiece]:
    """The excerpt's text, cut where its marks begin and end.

    >>> from graphs.contracts import Mark
    >>> shown = Excerpt(doc_id="d", version="v", start=10, end=19, text="One. Two.", kind="paragraph",
    ...                 marks=[Mark(start=15, end=19, citation=2)])
    >>> [(one.text, one.citation) for one in excerpt_pieces(shown)]
    [('One. ', 0), ('Two.', 2)]
    """
    at = excerpt.start
    for mark in excerpt.marks:
        if mark.start > at:
            yield ExcerptPiece(excerpt.text[at - excerpt.start : mark.start - excerpt.start])
        begin = max(mark.start, at)
        if mark.end > begin:
            yield ExcerptPiece(excerpt.text[begin - excerpt.start : mark.end - excerpt.start], mark.citation)
            at = mark.end
    if at < excerpt.end:
        yield ExcerptPiece(excerpt.text[at - excerpt.start :])


def verdict_words(claim: Claim) -> str:
    """A verdict, and what it rests on, in one line."""
    reasons = "; ".join(str(one) for one in claim.checks.get("reasons", []))
    if claim.verdict == "verified":
        return f"Verified: {reasons}" if reasons else "Verified: the cited words say this"
    return f"Partly supported: {reasons}" if reasons else "Partly supported: read the cited words"


_MODES = {
    "model": "Written by a model, each sentence checked against its source.",
    "fallback": "The model could not answer: these are the documents' own words.",
    "extractive": "The documents' own words; no model wrote this.",
}
_RISKS = {
    "hidden-text": "The document held text that its readers do not see; it was left out.",
    "doubtful-text": "The document may hold text that its readers do not see.",
}


def mode_words(mode: str | None) -> str:
    """Who wrote an answer."""
    return _MODES.get(mode or "", "")


def risk_words(risk: str) -> str:
    """What lowers the trust in a document."""
    return _RISKS.get(risk, risk)


def shown_answer(answer: Answer) -> dict[str, Any]:
    """An answer as the template ``answer.html`` reads it."""
    parts = {name: getattr(answer, name) for name in Answer.model_fields}
    return {**parts, "by_number": by_number(answer.citations), "only": asked_only(answer)}


def by_number(citations: list[Citation]) -> dict[int, Citation]:
    """Citations by the numbers that texts name them by."""
    return {one.number: one for one in citations}


STATUSES = {
    "answered": "Answered",
    "abstained": "Did not know",
    "refused": "Refused",
    "failed": "Failed",
}
"""What became of a question."""

STATES = {
    "in_place": "In place",
    "moved": "Moved",
    "changed": "Changed",
    "gone": "Gone",
    "broken": "Never there",
}
"""What became of a citation."""

STEPS = {
    "guard": "Looking at the question …",
    "contextualize": "Reading the documents …",
    "retrieve": "Reading the best passages …",
    "rerank": "Writing an answer …",
    "generate": "Checking each sentence …",
    "cite": "Checking each sentence …",
    "release": "Almost done …",
}
"""What goes on once a node has finished."""
