"""One model call with retries inside a deadline, and what a failure is called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from graphs.drafting import DraftFormatError

T = TypeVar("T")

RETRYABLE_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class DeadlineError(TimeoutError):
    """The request's deadline for model calls has passed."""


def is_retryable(error: BaseException) -> bool:
    """Whether the same call may work a moment later: busy, broken or slow servers, lost connections."""
    if isinstance(error, DeadlineError):
        return False
    told = getattr(error, "retryable", None)
    if isinstance(told, bool):
        return told
    status = getattr(error, "status_code", None)
    if status is not None:
        return status in RETRYABLE_STATUS
    if isinstance(error, DraftFormatError | TimeoutError | ConnectionError | httpx.TransportError):
        return True
    # Providers' own connection and time-out errors carry no status and share no base class.
    return any(word in type(error).__name__ for word in ("Timeout", "Connection"))


def describe_failure(error: BaseException) -> str:
    """Why a model call failed, in a few words without anything the provider said (it may repeat secrets)."""
    status = getattr(error, "status_code", None)
    if status == 429:
        return "too many requests (429)"
    if status in (401, 403):
        return f"the key was not accepted ({status})"
    if status is not None:
        return f"the server answered {status}"
    if isinstance(error, DraftFormatError):
        return str(error)
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "no answer in time"
    if isinstance(error, ConnectionError | httpx.TransportError) or "Connection" in type(error).__name__:
        return "no connection"
    return type(error).__name__


def model_name(model: BaseChatModel) -> str:
    """The model's name as its provider knows it."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str):
            return name
    return type(model).__name__


async def call_model(
    model: Runnable[Any, BaseMessage],
    request: Any,
    read: Callable[[AIMessage], T],
    *,
    attempts: int,
    timeout_s: float,
    time_left: Callable[[], float],
    count: Callable[[AIMessage], None],
) -> T:
    """Ask until ``read`` accepts the reply.

    ``read`` may raise DraftFormatError for a reply it cannot use, which is asked for again. ``count`` sees
    every reply, also the useless ones: they cost tokens.

    Raises:
        DeadlineError: no time is left.
        Exception: whatever the last attempt raised, when it is not worth retrying or attempts are used up.
    """

    async def once() -> T:
        seconds = min(timeout_s, time_left())
        if seconds <= 0:
            raise DeadlineError("no time left for model calls")
        async with asyncio.timeout(seconds):
            reply = await model.ainvoke(request, {"tags": ["nostream"], "run_name": "draft"})
        if not isinstance(reply, AIMessage):
            raise DraftFormatError(f"the model gave a {type(reply).__name__}, not a message")
        count(reply)
        return read(reply)

    retrying = AsyncRetrying(
        retry=retry_if_exception(is_retryable),
        stop=stop_after_attempt(attempts),
        wait=wait_random_exponential(multiplier=0.5, max=4),
        reraise=True,
    )
    return await retrying(once)


def with_tools(model: BaseChatModel, tools: Sequence[Any]) -> Runnable[Any, BaseMessage]:
    """The model bound to ``tools``, one of which it must call; as it is where it cannot call tools."""
    try:
        return model.bind_tools(tools, tool_choice="any")
    except NotImplementedError:
        return model
