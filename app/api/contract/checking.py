"""Texts checked against sources, and citations verified against the documents of today."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

StateName = Literal["in_place", "moved", "changed", "gone", "broken"]

MOST_CHECKED = 20_000
MOST_SOURCES = 200_000


class SourceGiven(BaseModel):
    """A text that a sentence may rest on."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST_SOURCES)
    title: str = Field("", max_length=500)


class CheckRequest(BaseModel):
    """A text, whoever wrote it, and what it should rest on."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST_CHECKED)
    sources: list[SourceGiven] = Field(max_length=50)
    question: str = Field("", max_length=2000, description="Its words may be repeated without a source.")


class SpanFound(BaseModel):
    """``quote == sources[source].text[start:end]``, in code points."""

    source: int
    start: int
    end: int
    quote: str


class SentenceChecked(BaseModel):
    """A sentence at ``text[start:end]``, in code points; without a verdict where it states nothing."""

    text: str
    start: int
    end: int
    verdict: Literal["verified", "partial", "unsupported"] | None
    reasons: list[str]
    spans: list[SpanFound]


class CheckResult(BaseModel):
    """Each sentence of the text, in order."""

    sentences: list[SentenceChecked]
    verified: int
    partial: int
    unsupported: int


class VerifyRequest(BaseModel):
    """Answers of yours by their ids, or answers as they were exported."""

    model_config = ConfigDict(extra="forbid")

    answer_ids: list[str] = Field(default_factory=list, max_length=100)
    answers: list[dict[str, Any]] = Field(default_factory=list, max_length=100)


class CitationState(BaseModel):
    """A citation today. ``now``: where its words, or those most like them, stand."""

    number: int
    doc_id: str
    version: str
    start: int
    end: int
    quote: str
    state: StateName
    why: str = ""
    likeness: float | None = None
    now: dict[str, Any] | None = None


class AnswerVerified(BaseModel):
    """An answer with the state of each citation."""

    id: str
    question: str
    citations: list[CitationState]


class VerifyResult(BaseModel):
    """All answers, and how many citations are in each state."""

    answers: list[AnswerVerified]
    summary: dict[str, int]
