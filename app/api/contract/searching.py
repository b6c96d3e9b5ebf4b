"""Passages found for words."""

from __future__ import annotations

from pydantic import BaseModel, Field


class FoundPassage(BaseModel):
    """A passage: ``canonical[start:end]`` of the named version, but for what is masked or taken out of it
    where it is ``redacted``."""

    doc_id: str
    version: str
    start: int
    end: int
    text: str
    title: str
    headings: list[str]
    page: int | None
    uri: str
    redacted: bool


class SearchResult(BaseModel):
    """Passages, the best first."""

    passages: list[FoundPassage]
    more: bool = Field(description="Whether there are passages after these.")
    notices: list[str] = Field(description="What of the index could not be searched.")
