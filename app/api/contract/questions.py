"""Questions that were handed to people."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class HandOverRequest(BaseModel):
    """A question for a person, where no document has the answer."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=2000)


class HandedOver(BaseModel):
    """It waits; ``number`` names it."""

    number: int


class OpenQuestionItem(BaseModel):
    """A question that waits for somebody; ``asked_at`` is an ISO time in UTC."""

    number: int
    asked_at: str
    user: str
    question: str
