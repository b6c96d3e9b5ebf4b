"""Conversations, and what readers think of answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ThreadSummary(BaseModel):
    """A conversation of yours. Times are ISO times in UTC."""

    name: str
    begun_at: str
    used_at: str


class ThreadTurn(BaseModel):
    """What was said."""

    role: Literal["user", "assistant"]
    content: str
    answer_id: str = Field("", description="Names the stored answer that an assistant's turn tells.")


class ThreadDetail(BaseModel):
    """A conversation with its turns."""

    name: str
    turns: list[ThreadTurn]


class FeedbackRequest(BaseModel):
    """What a reader thinks of an answer, or of one of its sentences."""

    model_config = ConfigDict(extra="forbid")

    answer_id: str = Field(min_length=1, max_length=64)
    rating: Literal["up", "down"]
    sentence: int | None = Field(
        None, ge=1, le=1000, description="Which of the answer's claims, counted from 1; the whole when empty."
    )
    reason: Literal["wrong", "not-in-source", "incomplete", "outdated", "not-asked", "other"] | None = None
    comment: str = Field("", max_length=2000)


class FeedbackItem(BaseModel):
    """Feedback as it is kept, with its answer and as long as it."""

    id: int
    answer_id: str
    user: str
    rating: Literal["up", "down"]
    sentence: int | None
    reason: str | None
    comment: str
    given_at: str


class AnswerSummary(BaseModel):
    """A stored answer in a list."""

    id: str
    asked_at: str
    status: str
    question: str
    citations: int
