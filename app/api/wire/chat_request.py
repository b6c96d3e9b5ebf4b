"""``POST /v1/chat/completions``: what is read of a request, and what becomes of the rest."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.api.contract.asking import GivenFilters
from app.api.wire.answer_text import Sources
from app.api.wire.refused import ParameterRules

STEERS = (
    "temperature", "top_p", "seed", "frequency_penalty", "presence_penalty", "max_tokens",
    "max_completion_tokens", "reasoning_effort", "verbosity",
)  # fmt: skip
"""How a model writes is set by the server, and what it wrote is checked: these change nothing."""

CLIENTS_OWN = (
    "user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
    "prompt_cache_options", "service_tier", "parallel_tool_calls",
)  # fmt: skip
"""Of OpenAI's own service, or the caller's own notes: nothing is done with them. Who asks is the login's."""

NO_TOOLS = "tools are the server's to call (docs/tools.md); leave it out"

CHAT_RULES = ParameterRules(
    without_effect=(*STEERS, *CLIENTS_OWN),
    only={
        "n": ((1,), "there is one answer to a question"),
        "logprobs": ((False,), "an answer has no log probabilities"),
        "top_logprobs": ((0,), "an answer has no log probabilities"),
        "response_format": (
            ({"type": "text"},),
            "an answer is text; all its parts are in the field `pincite`",
        ),
        "modalities": ((["text"],), "an answer is text"),
        "stop": (([], ""), "an answer is not cut off: it would lose its citations"),
        "store": ((False,), "answers are kept as the server is set to (PINCITE_ANSWERS__KEEP)"),
        "tools": (([],), NO_TOOLS),
        "functions": (([],), NO_TOOLS),
        "tool_choice": (("none", "auto"), NO_TOOLS),
        "function_call": (("none", "auto"), NO_TOOLS),
        "logit_bias": (({},), "what a model writes is not biased"),
    },
    refused={
        "audio": "an answer is text",
        "prediction": "an answer is made of the documents, not of a prediction",
        "web_search_options": "only the team's documents are searched",
        "moderation": "guards are the server's to set (docs/guards.md)",
    },
)


class PinciteOptions(BaseModel):
    """Ours, in the field ``pincite`` of a request."""

    model_config = ConfigDict(extra="forbid")

    sources: Sources = Field(
        "list", description="Whether notes and a list of sources are written below the answer."
    )
    filters: GivenFilters = Field(
        default_factory=dict, description="Only documents whose metadata match, as `/v1/answers` has them."
    )


class StreamOptions(BaseModel):
    """How a stream is written."""

    model_config = ConfigDict(extra="forbid")

    include_usage: bool = Field(False, description="A last chunk with the tokens of the answer.")
    include_obfuscation: bool | None = Field(None, description="Taken; chunks are sentences, never padded.")


class ChatRequest(BaseModel):
    """A chat whose last message is the question. Other parameters of OpenAI's API: docs/wires.md."""

    model_config = ConfigDict(extra="allow")

    messages: list[dict[str, Any]] = Field(max_length=1000)
    model: str = Field("pincite", max_length=100)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    pincite: PinciteOptions = Field(default_factory=PinciteOptions)
