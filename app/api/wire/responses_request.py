"""``POST /v1/responses``: what is read of a request, and what becomes of the rest."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.api.wire.chat_request import NO_TOOLS, PinciteOptions
from app.api.wire.conversation import AskedInChat, asked_in
from app.api.wire.refused import ParameterRules, RefusedParameterError

RESPONSES_RULES = ParameterRules(
    without_effect=(
        "temperature", "top_p", "max_output_tokens", "reasoning", "truncation", "user", "metadata",
        "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options",
        "service_tier", "parallel_tool_calls", "max_tool_calls", "include", "instructions", "stream_options",
    ),
    only={
        "background": ((False,), "an answer is made while its caller waits"),
        "store": ((False,), "a response is not kept under its id; send the conversation in `input`"),
        "text": (({}, {"format": {"type": "text"}}), "an answer is text; all its parts are in `pincite`"),
        "tools": (([],), NO_TOOLS),
        "tool_choice": (("none", "auto"), NO_TOOLS),
        "top_logprobs": ((0,), "an answer has no log probabilities"),
    },
    refused={
        "previous_response_id": "a response is not kept under its id; send the conversation in `input`",
        "conversation": "send the conversation in `input`",
        "prompt": "prompts are the server's",
        "context_management": "the conversation is read as it is sent",
        "moderation": "guards are the server's to set (docs/guards.md)",
    },
)  # fmt: skip


class ResponsesRequest(BaseModel):
    """A question, or a conversation whose last message is one. Other parameters: docs/wires.md."""

    model_config = ConfigDict(extra="allow")

    input: str | list[dict[str, Any]] = Field(max_length=1_000_000)
    model: str = Field("pincite", max_length=100)
    stream: bool | None = None
    pincite: PinciteOptions = Field(default_factory=PinciteOptions)


def asked_in_input(given: str | list[dict[str, Any]]) -> AskedInChat:
    """Items of ``input`` as a chat: messages are; what a model thought is passed over.

    Raises:
        RefusedParameterError: an item is of another kind, or not text.
    """
    if isinstance(given, str):
        return asked_in([{"role": "user", "content": given}], "input")
    for number, item in enumerate(given):
        if item.get("type", "message") not in ("message", "reasoning"):
            raise RefusedParameterError(f"input[{number}]", "only messages are read; tools are the server's")
    return asked_in(given, "input")
