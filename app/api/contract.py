"""The HTTP contract: requests, and problems as RFC 9457 documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class Turn(BaseModel):
    """An earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class AskRequest(BaseModel):
    """A question. Who asks is a matter of authentication, never of this body."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=100_000, description="The question, in words.")
    messages: list[Turn] = Field(
        default_factory=list, max_length=100, description="The conversation so far, oldest first."
    )
    filters: dict[str, str | int | FiniteFloat | bool | Annotated[list[str], Field(min_length=1)]] = Field(
        default_factory=dict, description="Only documents whose metadata match, e.g. {'version': '2.4'}."
    )
    extractive: bool = Field(False, description="Use sentences of the documents even where a model is set.")
    chain: str = Field(
        "",
        max_length=50,
        description="Chain of models to ask, as the server names them; empty: its default.",
    )
    stream: bool = Field(False, description="Server-sent events instead of one JSON document.")


class ProblemDocument(BaseModel):
    """RFC 9457. ``code`` is stable; ``retryable`` says whether the same request may work later."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    retryable: bool = False
    errors: list[dict[str, Any]] = Field(default_factory=list)
