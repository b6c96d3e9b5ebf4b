"""Documents as whoever asks may see them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class DocumentItem(BaseModel):
    """A document; ``version`` is the current one, ``updated_at`` an ISO time in UTC."""

    doc_id: str
    source: str
    uri: str
    title: str
    media_type: str
    version: str
    content_sha256: str
    metadata: dict[str, Any]
    updated_at: str
    groups: list[str] = Field(description="Who may read it; none: everyone.")
    passages: int


class DocumentList(BaseModel):
    """A page of the list. ``next`` is the cursor of the page that follows, empty at the end."""

    documents: list[DocumentItem]
    total: int = Field(description="Of all pages.")
    next: str


class VersionItem(BaseModel):
    """A stored version; ``added_at`` is an ISO time in UTC."""

    version: str
    added_at: str
    current: bool


class HiddenItem(BaseModel):
    """Words that readers of the source do not see."""

    how: str
    where: str
    text: str
    kind: str
    chars: int


class OverrideItem(BaseModel):
    """What was said over what the source says, by whom and when."""

    readers: list[str]
    metadata: dict[str, Any]
    dropped: list[str]
    by: str
    at: str


class DocumentDetail(DocumentItem):
    """A document with its versions, the newest first.

    ``risk`` names what it may hide, ``hidden`` counts the characters by kind; ``hidden_texts`` and
    ``override`` are told to operators.
    """

    versions: list[VersionItem]
    risk: list[str]
    hidden: dict[str, int]
    has_file: bool = Field(description="Its pages can be drawn.")
    hidden_texts: list[HiddenItem] = Field(default_factory=list)
    override: OverrideItem | None = None


class PassageItem(BaseModel):
    """A passage, ``text[start:end]`` of the whole text, in code points."""

    start: int
    end: int
    page: int | None
    headings: list[str]


class CanonicalText(BaseModel):
    """``text`` is the part from ``start`` to ``end`` of the canonical text of ``length`` code points.

    Offsets of ``passages`` and ``pages`` (where pages begin) count from the whole's beginning.
    """

    doc_id: str
    version: str
    start: int
    end: int
    length: int
    text: str
    pages: list[int]
    passages: list[PassageItem]


class CitedWords(BaseModel):
    """A citation of the document, and where its words stand today."""

    number: int
    version: str
    start: int
    end: int
    quote: str
    state: Literal["in_place", "moved", "changed", "gone", "broken"]


class CitingAnswerItem(BaseModel):
    """A stored answer that cites the document. ``stands``: all that it cites of it is there."""

    id: str
    asked_at: str
    question: str
    stands: bool
    places: list[CitedWords]


class DocumentChange(BaseModel):
    """What is said over what the source says; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    metadata: dict[str, str | bool | int | FiniteFloat | list[str] | None] | None = Field(
        None, description="Keys to set; null leaves a key out."
    )
    readers: list[str] | None = Field(
        None, max_length=100, description="Groups that may read it; empty: as the source says again."
    )


class ForgottenPlace(BaseModel):
    """How many things went from a place."""

    place: str
    count: int
    what: str


class ForgottenDocument(BaseModel):
    """What went, what stays and why, and whether the search for what must not be there found nothing."""

    done: bool
    removed: list[ForgottenPlace]
    stays: list[str]
    unproven: list[str]
    left: int = Field(description="Places in which words are left that must not be.")


class PlacedRectangle(BaseModel):
    """A line's place on a page, in points from the bottom left; ``page`` counts from 1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
