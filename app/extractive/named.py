"""Which pieces of the evidence are about what a question names by a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.extractive.names import has_name, names
from app.extractive.pieces import Piece
from app.extractive.question_parts import compares
from app.extractive.subjects import Subject
from graphs.state import EvidencePassage


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece of the passage with this place in the evidence (from 0), and what it is about."""

    source: int
    piece: Piece
    subject: Subject


def about_the_named(
    question: str, evidence: Sequence[EvidencePassage], placed: Sequence[Placed]
) -> list[Placed]:
    """The pieces about what the question names by a code: a sibling's value is no answer.

    A piece is about what it says, what it inherits, and what stands above it; where no piece is, about what
    its passage names, unless a term says that it is about something else.
    """
    wanted = names(question)
    if not wanted:
        return list(placed)
    held = [sum(has_name(_said(one, evidence), name) for name in wanted) for one in placed]
    if not max(held, default=0):
        of = [sum(has_name(passage["text"], name) for name in wanted) for passage in evidence]
        held = [0 if one.subject.term else of[one.source] for one in placed]
    most = max(held, default=0)
    least = max(1, min(most, 1) if compares(question) else most)
    return [one for one, count in zip(placed, held, strict=True) if count >= least]


def _said(one: Placed, evidence: Sequence[EvidencePassage]) -> str:
    passage, subject = evidence[one.source], one.subject
    inherited = [subject.term, subject.intro, subject.before, passage["title"], *passage["headings"]]
    file = passage["uri"].rpartition("/")[2]
    return "\n".join([one.piece.scored, *one.piece.quotes, *inherited, file])
