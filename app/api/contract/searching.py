"""Passages found for words."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.api.wire.mcp.contract import FoundPassage


class SearchResult(BaseModel):
    """Passages, the best first."""

    passages: list[FoundPassage]
    more: bool = Field(description="Whether there are passages after these.")
    notices: list[str] = Field(description="What of the index could not be searched.")
