"""Conversations that are shared by a link."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from graphs.contracts import Answer


class ShareRequest(BaseModel):
    """Which conversation of yours others of your tenant may read."""

    model_config = ConfigDict(extra="forbid")

    thread: str = Field(min_length=1, max_length=200)


class ShareItem(BaseModel):
    """A conversation that you share. ``made_at`` is an ISO time in UTC."""

    id: str = Field(description="Opens it, at `/shared/{id}` and `/v1/shares/{id}`.")
    thread: str
    turns: int = Field(description="Messages from its beginning that are shared; later ones are not.")
    made_at: str


class SharedAnswerTurn(BaseModel):
    """A question and what of its answer you may see."""

    question: str
    answer: Answer | None = Field(
        description="Without what rests on documents that you may not read, and without a receipt; null "
        "where it is not kept any more."
    )


class SharedThread(BaseModel):
    """A conversation of somebody's, as you may read it today."""

    turns: list[SharedAnswerTurn]
