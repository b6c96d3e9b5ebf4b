"""The shapes that leave the graph: answer, claims, citations, receipt. Plain JSON data, validated."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["answered", "abstained", "refused", "failed"]
Mode = Literal["model", "fallback", "extractive"]


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rect(_Contract):
    """A rectangle on a page, in points of PDF user space: the origin is bottom left, y goes up."""

    page: int = Field(ge=1, description="Page, counted from 1.")
    x0: float
    y0: float
    x1: float
    y1: float


class Citation(_Contract):
    """The exact words: ``quote == text[start:end]`` of the named version's canonical text, always; but
    for the characters that are masked where it is ``redacted``."""

    number: int = Field(ge=1, description="The number the answer's text refers to it by.")
    doc_id: str
    version: str = Field(description="sha256 of the canonical text the offsets count into.")
    start: int = Field(ge=0, description="First code point of the quote.")
    end: int = Field(ge=1, description="Code point after the quote's last.")
    quote: str
    page: int | None = Field(None, description="Page, counted from 1, for formats that have pages.")
    headings: list[str] = Field(default_factory=list)
    uri: str = ""
    title: str = ""
    rects: list[Rect] = Field(
        default_factory=list, description="Where the quote stands on a PDF's pages, a rectangle a line."
    )
    link: str = Field("", description="Opens the source at the quote; empty for sources not on the web.")
    risk: list[str] = Field(
        default_factory=list,
        description="What lowers trust in the document: hidden-text (words that its readers do not see, left "
        "out), doubtful-text (words they may not see). Shown as a badge.",
    )
    redacted: bool = Field(
        False, description="Characters of the quote, title, headings or address are masked, one for one (█)."
    )


class Claim(_Contract):
    """One sentence of the answer with the numbers of its citations."""

    text: str
    verdict: Literal["verified", "partial"]
    citations: list[int]
    checks: dict[str, Any] = Field(default_factory=dict, description="What the verdict rests on.")
    redacted: bool = Field(False, description="Characters of the text are masked, one for one (█).")


class Mark(_Contract):
    """Words of an excerpt that answer: those that a citation quotes, in offsets of the canonical text."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    citation: int = Field(ge=1, description="The number of the citation.")


class Excerpt(_Contract):
    """A piece of one document to be read by itself: ``text == canonical[start:end]`` of the named version."""

    doc_id: str
    version: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    text: str
    kind: Literal["paragraph", "list", "table", "code", "definition"]
    lead: str = Field(
        "", description="What stands above it in the document and it is read under: a term, a table's header."
    )
    left_out: int = Field(
        0, ge=0, description="Sentences, items, rows or lines of the same block that are not shown."
    )
    marks: list[Mark] = Field(default_factory=list, description="In order; each lies inside the excerpt.")
    title: str = ""
    headings: list[str] = Field(default_factory=list)
    page: int | None = None
    uri: str = ""
    redacted: bool = Field(False, description="Characters of it are masked, one for one (█).")


class Disagreement(_Contract):
    """Sources that say different things about what a sentence says."""

    sentence: int = Field(ge=1, description="Which of the claims, counted from 1.")
    citations: list[int] = Field(
        description="Numbers of the citations that disagree: the newest or most authoritative first, as the "
        "documents' own metadata (status, date, version) have it."
    )
    why: str = Field(description="What they disagree in, e.g. '30 days and 45 days'.")


class NearestPassage(_Contract):
    """A passage that came close, shown when the documents do not hold the answer."""

    doc_id: str
    version: str
    start: int
    end: int
    title: str
    uri: str
    headings: list[str]
    page: int | None
    score: float
    excerpt: str
    redacted: bool = Field(False, description="Characters of it are masked, one for one (█).")


class Abstention(_Contract):
    """Why there is no answer, and what was searched."""

    reason: str
    searched: list[str] = Field(description="The questions put to the index, in order.")
    filters: dict[str, Any] = Field(default_factory=dict)
    passages_considered: int = 0
    score: float | None = Field(None, description="How answerable the question looked.")
    needed: float | None = Field(None, description="The score an answer would have needed.")
    nearest: list[NearestPassage] = Field(default_factory=list)


class Problem(_Contract):
    """Why a request was refused or failed."""

    code: str
    message: str
    retryable: bool = False


class Answer(_Contract):
    """What the graph gives back for one question."""

    id: str = Field("", description="Names the answer where it is stored; also in the receipt.")
    status: Status
    question: str
    text: str = Field(description="The answer as one text, with [n] after each sentence.")
    mode: Mode | None = Field(None, description="Who wrote it; null unless answered.")
    claims: list[Claim] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    disagreements: list[Disagreement] = Field(default_factory=list)
    excerpts: list[Excerpt] = Field(
        default_factory=list,
        description="What to show of the documents, the answer first, where no model wrote it: the marked "
        "words are its claims.",
    )
    notices: list[str] = Field(
        default_factory=list, description="What a reader should know: fallbacks taken."
    )
    abstention: Abstention | None = None
    problem: Problem | None = None
    receipt: dict[str, Any] = Field(default_factory=dict, description="Everything that explains the answer.")
