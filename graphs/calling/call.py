"""One model call with retries inside a deadline, and what a failure is called."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.prompt_values import ChatPromptValue, PromptValue
from langchain_core.runnables import Runnable
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from graphs.calling.budget import BudgetRefusedError

T = TypeVar("T")

RETRYABLE_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})

REFUSED_STATUS = range(400, 500)
"""With these a server says that it did not do the work, so no tokens were spent."""


class DraftFormatError(ValueError):
    """The model's message cannot be read as a draft."""


class DeadlineError(TimeoutError):
    """The request's deadline for model calls has passed."""


class ModelUnavailableError(RuntimeError):
    """A model that runs here cannot run. Its message is ours, so it may be shown."""


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


def retry_after(error: BaseException, now: Callable[[], float] = time.time) -> float | None:
    """Seconds the server asks to wait: ``retry-after-ms``, else ``Retry-After`` in seconds or as a date.

    ``now`` is the time in seconds since 1970. None where the server says nothing that can be read.
    """
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        said = headers.get(name)
        if said is None:
            continue
        try:
            seconds = float(said) * unit
        except ValueError:
            try:
                seconds = parsedate_to_datetime(said).timestamp() - now()
            except ValueError:
                continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    return None


_NOT_SENT = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | ModelUnavailableError


def may_have_cost(error: BaseException) -> bool:
    """Whether an attempt that ended so may have spent tokens that nobody counted."""
    if isinstance(error, DeadlineError | DraftFormatError | BudgetRefusedError):
        return False
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _NOT_SENT):
            return False
        cause = cause.__cause__
    status = getattr(error, "status_code", None)
    return status not in REFUSED_STATUS


def describe_failure(error: BaseException) -> str:
    """Why a model call failed, in a few words without anything the provider said (it may repeat secrets)."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ModelUnavailableError):
            return str(cause)
        cause = cause.__cause__
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


async def invoke(model: Runnable[Any, BaseMessage], request: Any, run_name: str = "draft") -> BaseMessage:
    """One call, its whole reply at once."""
    return await model.ainvoke(request, {"tags": ["nostream"], "run_name": run_name})


def ask_for_repair(request: PromptValue, error: DraftFormatError) -> PromptValue:
    """The request again, with what was wrong with the reply to it."""
    said = HumanMessage(f"Your last reply could not be read: {error}. Give it again, in the form asked for.")
    return ChatPromptValue(messages=[*request.to_messages(), said])


async def call_model(
    model: Runnable[Any, BaseMessage],
    request: Any,
    read: Callable[[AIMessage], T],
    *,
    attempts: int,
    timeout_s: float,
    time_left: Callable[[], float],
    count: Callable[[AIMessage], None],
    lost: Callable[[], None] = lambda: None,
    repair: Callable[[Any, DraftFormatError], Any] | None = None,
    send: Callable[[Runnable[Any, BaseMessage], Any], Awaitable[BaseMessage]] = invoke,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """Ask until ``read`` accepts the reply.

    ``read`` may raise DraftFormatError for a reply it cannot use: it is asked for once more, with ``repair``
    of the request and the error where that is given. ``count`` sees every reply, also the useless ones: they
    cost tokens. ``lost`` is told of each attempt that may have cost tokens nobody counted. ``send`` makes one
    call (a streaming one returns the whole message in the end). Before an attempt there is a wait, as long as
    the server asked for with Retry-After; one of more than half the time left is not made.

    Raises:
        DeadlineError: no time is left.
        Exception: whatever the last attempt raised, when it is not worth retrying or attempts are used up.
    """
    unreadable: list[DraftFormatError] = []

    async def once() -> T:
        seconds = min(timeout_s, time_left())
        if seconds <= 0:
            raise DeadlineError("no time left for model calls")
        asked = repair(request, unreadable[-1]) if repair and unreadable else request
        try:
            async with asyncio.timeout(seconds):
                reply = await send(model, asked)
        except Exception as error:
            if isinstance(error, DraftFormatError):
                # A stream that was ended because of what came.
                unreadable.append(error)
                lost()
            elif may_have_cost(error):
                lost()
            raise
        try:
            if not isinstance(reply, AIMessage):
                raise DraftFormatError(f"the model gave a {type(reply).__name__}, not a message")
            count(reply)
            return read(reply)
        except DraftFormatError as error:
            unreadable.append(error)
            raise

    def again(error: BaseException) -> bool:
        return is_retryable(error) and len(unreadable) < 2

    backoff = wait_random_exponential(multiplier=0.5, max=4)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, DraftFormatError):
            return 0.0
        told = retry_after(error) if error else None
        return backoff(state) if told is None else told

    def too_long(state: RetryCallState) -> bool:
        return state.upcoming_sleep > time_left() / 2

    retrying = AsyncRetrying(
        retry=retry_if_exception(again),
        stop=lambda state: stop_after_attempt(attempts)(state) or too_long(state),
        wait=wait,
        sleep=sleep,
        reraise=True,
    )
    return await retrying(once)
