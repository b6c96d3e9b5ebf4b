"""What is read of a request for a run, and what of it does nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from app.api.asking import known_of
from app.api.contract.asking import GivenFilters
from app.api.wire.conversation import asked_in
from app.api.wire.langgraph.assistant_names import model_of
from app.api.wire.model_names import ChosenModel
from app.api.wire.refused import RefusedParameterError
from app.api.wire.wire_question import WireQuestion
from app.retrieval.scope import checked_filters
from app.settings import Settings

LONGEST_ID = 200
"""Characters of a message's id."""

_PLACES = ("thread_id", "checkpoint_id", "checkpoint_ns")
"""Of a run's configuration, what is held against the conversation."""

Strategy = Literal["enqueue", "reject", "interrupt", "rollback"]

_ROLES = {"human": "user", "HumanMessageChunk": "user", "ai": "assistant", "AIMessageChunk": "assistant"}
_CANNOT = {
    "command": "no run of this wire stops for a person, and nobody writes into its state",
    "interrupt_before": "no run of this wire stops half-way",
    "interrupt_after": "no run of this wire stops half-way",
    "webhook": "nothing is sent to another address",
    "after_seconds": "a question is answered when it is asked",
}


class RunInput(BaseModel):
    """What is asked. Other keys of the graph's state are passed over."""

    model_config = ConfigDict(extra="allow")

    question: str = Field("", max_length=100_000, description="The question; or the last of the messages.")
    messages: list[Any] = Field(default_factory=list, max_length=1000)
    filters: GivenFilters = Field(
        default_factory=dict, description="Only documents whose metadata match, as `/v1/answers` has them."
    )


class RunContext(BaseModel):
    """How it is answered; who asks is the login's to say, and other keys are passed over."""

    model_config = ConfigDict(extra="allow")

    extractive: bool = False
    chain: str = Field("", max_length=50)


class RunBody(BaseModel):
    """A run of LangGraph's. Parameters that are not here do nothing, or are refused (docs/wires.md)."""

    model_config = ConfigDict(extra="allow")

    assistant_id: str = Field(
        max_length=100, description="As `/assistants/search` has them, or a model's name."
    )
    input: RunInput | None = None
    context: RunContext | None = None
    config: dict[str, Any] | None = None
    checkpoint: dict[str, Any] | None = Field(None, description="A conversation goes on from its end only.")
    checkpoint_id: str | None = Field(None, max_length=200)
    stream_mode: str | list[str] | None = None
    multitask_strategy: Strategy | None = Field(
        None,
        # JavaScript's client spells it otherwise in a command.
        validation_alias=AliasChoices("multitask_strategy", "multitaskStrategy"),
        description="Where an answer is being made in the conversation: wait for it, stop it, or be refused.",
    )
    if_not_exists: Literal["create", "reject"] | None = None


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run as it is asked for. ``message``: the id of the question's message; ``passed_over``: what of the
    request did nothing."""

    question: WireQuestion
    message: str
    passed_over: list[str]


@dataclass(frozen=True, slots=True)
class KnownThread:
    """A conversation that a run goes on with. ``messages``: their ids; ``checkpoint``: where it ends."""

    name: str
    messages: Collection[str] = ()
    checkpoint: str | None = None


def read_run(body: RunBody, request: Request, settings: Settings, thread: KnownThread | None) -> AskedRun:
    """The question of a run. Nothing of who asks, of evidence, drafts or tools is read from a request.

    Raises:
        RefusedParameterError: something in it cannot be done.
    """
    for name, why in _CANNOT.items():
        if (body.model_extra or {}).get(name):
            raise RefusedParameterError(name, why)
    _check_checkpoint(body, thread)
    given = body.input or RunInput()
    messages = [_as_chat(one, f"input.messages[{at}]") for at, one in enumerate(given.messages)]
    if given.question and (not messages or messages[-1].get("content") != given.question):
        messages.append({"role": "user", "content": given.question})
    messages = _new_ones(messages, thread)
    chat = asked_in(messages, "input.messages")
    id = messages[-1].get("id") or str(uuid.uuid4())
    context = body.context or RunContext()
    model = model_of(settings, body.assistant_id)
    model = ChosenModel(model.extractive or context.extractive, context.chain or model.chain)
    question = WireQuestion(
        chat.question,
        chat.earlier,
        checked_filters(given.filters),
        model,
        thread=thread.name if thread else None,
        message=id,
        configurable=known_of(request),
    )
    return AskedRun(question, id, [*chat.passed_over, *_passed_over(body)])


def _as_chat(message: Any, at: str) -> dict[str, Any]:
    """A LangChain message as the other chats have them."""
    if isinstance(message, str):
        return {"role": "user", "content": message}
    if not isinstance(message, Mapping):
        raise RefusedParameterError(at, "a message is an object, or text")
    id = message.get("id")
    if id is not None and not (isinstance(id, str) and 0 < len(id) <= LONGEST_ID):
        raise RefusedParameterError(f"{at}.id", f"an id is text of {LONGEST_ID} characters at most")
    kind = message.get("type", message.get("role"))
    return {**message, "role": _ROLES.get(str(kind), kind)}


def _new_ones(messages: list[dict[str, Any]], thread: KnownThread | None) -> list[dict[str, Any]]:
    """Those that the conversation does not have yet."""
    known = thread.messages if thread else ()
    new = [one for one in messages if one.get("id") is None or one["id"] not in known]
    if messages and not (new and new[-1] is messages[-1]):
        raise RefusedParameterError("input.messages", "the last message has been asked already")
    if known and len(new) > 1:
        why = "the conversation is kept here: send the new message alone"
        raise RefusedParameterError("input.messages", why)
    return new


def _check_checkpoint(body: RunBody, thread: KnownThread | None) -> None:
    configurable = (body.config or {}).get("configurable")
    configurable = configurable if isinstance(configurable, Mapping) else {}
    given = {
        "checkpoint": (body.checkpoint or {}).get("checkpoint_id"),
        "checkpoint_id": body.checkpoint_id,
        "config.configurable.checkpoint_id": configurable.get("checkpoint_id"),
    }
    for name, value in given.items():
        if value and (thread is None or value != thread.checkpoint):
            raise RefusedParameterError(name, "a conversation goes on from its end only")
    named = configurable.get("thread_id")
    if named and thread is not None and named != thread.name:
        raise RefusedParameterError("config.configurable.thread_id", "the path names another conversation")


def _passed_over(body: RunBody) -> list[str]:
    found = [name for name, value in (body.model_extra or {}).items() if value]
    found += [f"input.{name}" for name in (body.input.model_extra or {} if body.input else ())]
    found += [f"context.{name}" for name in (body.context.model_extra or {} if body.context else ())]
    for name, value in (body.config or {}).items():
        if name == "configurable" and isinstance(value, Mapping):
            found += [f"config.{name}.{one}" for one in value if one not in _PLACES]
        else:
            found.append(f"config.{name}")
    return [name[:LONGEST_ID] for name in found][:100]
