"""What the MCP tools take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from app.api.contract.asking import Turn
from app.api.contract.searching import FoundPassage

Filters = dict[str, str | int | FiniteFloat | bool | Annotated[list[str], Field(min_length=1)]]

MOST_FOUND = 20
CHARACTERS = 6000
"""Of a document that one call reads."""


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchGiven(_Given):
    """What to look for."""

    query: str = Field(min_length=1, max_length=2000, description="What is looked for, in words.")
    limit: int = Field(6, ge=1, le=MOST_FOUND, description="Passages at most.")
    filters: Filters = Field(
        default_factory=dict, description="Only documents whose metadata match, e.g. {'version': '2.4'}."
    )


class ReadGiven(_Given):
    """What to read: around a passage that was found, a section, a page, or a document's beginning."""

    document: str = Field(
        min_length=1, max_length=500, description="A document's id, as search tells it, or its title."
    )
    version: str = Field("", max_length=100, description="Of a passage that was found; with `start`.")
    start: int = Field(0, ge=0, description="Where that passage begins; it is read with what is around it.")
    section: str = Field("", max_length=500, description="Words of a heading.")
    page: int | None = Field(None, ge=1, description="A page, counted from 1.")


class AskGiven(_Given):
    """A question, and how to answer it."""

    question: str = Field(max_length=100_000, description="The question, in words.")
    messages: list[Turn] = Field(
        default_factory=list, max_length=100, description="The conversation so far, oldest first."
    )
    filters: Filters = Field(default_factory=dict, description="Only documents whose metadata match.")
    extractive: bool = Field(False, description="Use sentences of the documents even where a model is set.")
    chain: str = Field("", max_length=50, description="Chain of models to ask; empty: the default.")


class PassagesFound(BaseModel):
    """Passages: the best first where they were looked for, in order where they were read."""

    passages: list[FoundPassage]
