"""Ask one model of a chain: its breaker asked first and told after, its tokens and cost in the receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from graphs.calling.call import (
    DeadlineError,
    DraftFormatError,
    call_model,
    describe_failure,
    is_retryable,
    retry_after,
)
from graphs.calling.chains import ChainModel
from graphs.calling.redacted_error import redacted
from graphs.parts import GuardFailedError, Parts
from graphs.receipts import Receipt, add_cost, add_usage, elapsed_ms, with_entry

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class Asked(Generic[T]):
    """What came of asking one model: a value, or why there is none; and the receipt with what it took."""

    receipt: Receipt
    value: T | None = None
    served: str = ""
    """The model that answered, as its server names it."""
    why_not: str = ""
    retryable: bool = False


async def ask_model(
    parts: Parts,
    member: ChainModel,
    model: Runnable[Any, BaseMessage],
    request: Any,
    read: Callable[[AIMessage], T],
    *,
    step: str,
    receipt: Receipt,
    attempts: int,
    time_left: Callable[[], float],
    **how: Any,
) -> Asked[T]:
    """``call_model`` for ``member``, bound as ``model``; ``how`` is passed on. Failures do not raise: the
    receipt's ``fallbacks`` says which model failed in which ``step``, and why."""
    asked: Asked[T] = Asked(receipt)
    at, begun = elapsed_ms(receipt, parts.now()), parts.clock()
    circuit = (member.endpoint, member.name)

    def count(reply: AIMessage) -> None:
        asked.served = str(reply.response_metadata.get("model_name") or "")
        asked.receipt = count_call(parts, asked.receipt, member, reply)

    def lost() -> None:
        asked.receipt = count_call(parts, asked.receipt, member, None)

    def ended(outcome: str) -> Asked[T]:
        ms = round((parts.clock() - begun) * 1000, 1)
        asked.receipt = _with_call(receipt, asked, step, member, {"at": at, "ms": ms, "outcome": outcome})
        return asked

    def failed(why: str) -> Asked[T]:
        asked.why_not = why
        if why != resting:
            ended("failed")
        asked.receipt = with_entry(
            asked.receipt, "fallbacks", {"step": step, "failed": member.name, "why": why}
        )
        return asked

    resting = parts.breakers.why_resting(circuit)
    if resting:
        asked.retryable = True
        return failed(resting)
    try:
        asked.value = await call_model(
            model,
            request,
            read,
            attempts=attempts,
            timeout_s=member.timeout_s or parts.limits.model_timeout_s,
            time_left=time_left,
            count=count,
            lost=lost,
            **how,
        )
    except DeadlineError as error:
        parts.breakers.released(circuit)
        asked.retryable = True
        return failed(describe_failure(error))
    except GuardFailedError as error:  # of a sentence that was let out meanwhile: no fault of the model
        parts.breakers.succeeded(circuit)
        error.receipt = asked.receipt
        raise
    except Exception as error:  # providers share no base class; the next in the chain is asked
        logger.warning("model %s failed in step %s", member.name, step, exc_info=redacted(error))
        asked.retryable = is_retryable(error)
        if asked.retryable and not isinstance(error, DraftFormatError):
            parts.breakers.failed(circuit, retry_after(error))
        else:
            parts.breakers.succeeded(circuit)
        return failed(describe_failure(error))
    except BaseException:  # cancelled: it says nothing about the endpoint
        parts.breakers.released(circuit)
        raise
    parts.breakers.succeeded(circuit)
    return ended("answered")


def _with_call(
    before: Receipt, asked: Asked[Any], step: str, member: ChainModel, took: Mapping[str, Any]
) -> Receipt:
    """The receipt with one asking of one model, all attempts together: when, how it ended, its tokens."""
    then, now = (one.get("usage", {}).get(member.name, {}) for one in (before, asked.receipt))
    spent = {name: now.get(name, 0) - then.get(name, 0) for name in ("input_tokens", "output_tokens")}
    named = {"step": step, "model": member.name, "provider": member.provider, "served": asked.served}
    return with_entry(asked.receipt, "calls", {**named, **took, **spent})


def count_call(parts: Parts, receipt: Receipt, member: ChainModel, reply: AIMessage | None) -> Receipt:
    """The receipt with one more call: its tokens and what they cost, unknown where ``reply`` is None."""
    usage = reply.usage_metadata if reply is not None else None
    receipt = add_usage(receipt, member.name, usage)
    if member.runs_here:
        return add_cost(receipt, member.name, 0.0, None)
    if parts.price is None:
        return add_cost(receipt, member.name, None, None)
    served = str(reply.response_metadata.get("model_name") or "") if reply is not None else ""
    quotes = [
        parts.price(name, member.endpoint, usage) for name in dict.fromkeys([served, member.name]) if name
    ]
    known = next((quote for quote in quotes if quote.usd is not None), quotes[0])
    return add_cost(receipt, member.name, known.usd, known.version)
