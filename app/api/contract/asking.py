"""Questions as they are asked over HTTP, and what a person decides about a tool's call."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, FiniteFloat, Tag, model_validator

from app.api.contract.thread_names import NAME_PATTERN

FilterValue = str | int | FiniteFloat | bool | Annotated[list[str], Field(min_length=1)]
FilterObject = dict[str, FilterValue | dict[str, FilterValue]]
FilterLines = list[Annotated[str, Field(max_length=100_000)]]
GivenFilters = Annotated[
    Annotated[FilterObject, Tag("object")] | Annotated[FilterLines, Tag("lines")],
    Discriminator(lambda given: "lines" if isinstance(given, list) else "object"),
]


ThreadName = Annotated[str, Field(max_length=200, pattern=f"^$|{NAME_PATTERN}")]
"""Your name for a conversation. It is part of an address: no slash, no control character, not only dots."""


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
    filters: GivenFilters = Field(
        default_factory=dict,
        description="Only documents whose metadata match: an object such as {'version': '2.4'} or "
        "{'version': {'>=': '2.4'}}, or lines such as ['version>=2.4', 'date:2025..', 'product in a,b'].",
    )
    thread: ThreadName = Field(
        "",
        description="Your name for a conversation that this goes on with, or begins; instead of `messages`. "
        "Without slashes and control characters, and not of dots alone: it is part of an address.",
    )
    extractive: bool = Field(False, description="Use sentences of the documents even where a model is set.")
    chain: str = Field(
        "",
        max_length=50,
        description="Chain of models to ask, as the server names them; empty: its default.",
    )
    stream: bool = Field(False, description="Server-sent events instead of one JSON document.")

    @model_validator(mode="after")
    def _one_conversation(self) -> Self:
        if self.thread and self.messages:
            raise ValueError("give `thread`, a conversation that is kept here, or `messages`, not both")
        return self


class CallToApprove(BaseModel):
    """A call that a model wants to make, and a person is to decide about."""

    tool: str
    arguments: dict[str, Any]
    warning: str = Field(description="Why a person is asked, for people; plain text, to be shown escaped.")


class WaitingAnswer(BaseModel):
    """A question whose run waits for a person."""

    id: str
    token: str = Field(description="Whoever holds it decides, once. It is told here and nowhere else.")
    status: Literal["waiting"] = "waiting"
    question: str
    expires_at: str = Field(description="ISO time in UTC after which it is not answered any more.")
    calls: list[CallToApprove]


class ApproveCall(BaseModel):
    """Make the call as it is."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["approve"]


class EditCall(BaseModel):
    """Make the call with these arguments."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["edit"]
    arguments: dict[str, Any]


class RejectCall(BaseModel):
    """Do not make the call."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["reject"]
    message: str = Field("", max_length=1000, description="Why, for the model and the answer's notices.")


class ApprovalRequest(BaseModel):
    """What a person decided."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=200)
    decisions: list[Annotated[ApproveCall | EditCall | RejectCall, Field(discriminator="type")]] = Field(
        max_length=100, description="One for each call, in their order."
    )
    stream: bool = Field(False, description="Server-sent events instead of one JSON document.")
