"""Ask one model of a chain: its breaker asked first and told after, its tokens and cost in the receipt."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from graphs.calling.budget import BudgetRefusedError, PlannedCall, most_output_tokens, request_tokens
from graphs.calling.call import (
    DeadlineError,
    DraftFormatError,
    call_model,
    describe_failure,
    invoke,
    is_retryable,
    retry_after,
)
from graphs.calling.chains import ChainModel
from graphs.calling.paid_call import paid_call
from graphs.calling.redacted_error import redacted
from graphs.limits import CHARS_A_TOKEN
from graphs.parts import GuardFailedError, Parts, PriceQuote, Principal, payer_of
from graphs.receipts import (
    Receipt,
    add_cost,
    add_prompt_cache,
    add_usage,
    elapsed_ms,
    with_entry,
    with_values,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

Send = Callable[[Runnable[Any, BaseMessage], Any], Awaitable[BaseMessage]]


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
    who: Principal,
    send: Send = invoke,
    **how: Any,
) -> Asked[T]:
    """``call_model`` for ``member``, bound as ``model``; ``how`` is passed on. ``who`` pays, where there is a
    budget. Failures do not raise: the receipt's ``fallbacks`` says which model failed in which ``step``, and
    why.

    Raises:
        BudgetRefusedError: a call is not paid for; its ``receipt`` says what those before it took.
        GuardFailedError: a guard failed over what the model wrote.
    """
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
            send=_paid(parts, member, step, who, receipt, send),
            **how,
        )
    except DeadlineError as error:
        parts.breakers.released(circuit)
        asked.retryable = True
        return failed(describe_failure(error))
    except BudgetRefusedError as error:
        parts.breakers.released(circuit)
        refused = {
            "step": step,
            "model": member.name,
            "code": error.code,
            "retry_after_s": error.retry_after_s,
            **error.told,
        }
        error.receipt = with_values(asked.receipt, budget={"refused": refused})
        raise
    except GuardFailedError as error:  # of a sentence that was let out meanwhile: no fault of the model
        parts.breakers.succeeded(circuit)
        error.receipt = asked.receipt
        raise
    except Exception as error:  # providers share no base class; the next in the chain is asked
        asked.retryable = is_retryable(error)
        # Of a server that is away or busy a traceback says nothing; of anything else it says where.
        away = asked.retryable and not isinstance(error, DraftFormatError)
        logger.warning(
            "model %s failed in step %s: %s",
            member.name,
            step,
            describe_failure(error) if away else "the cause follows",
            exc_info=None if away else redacted(error),
        )
        if away:
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
    quote = _quote(parts, member, reply)
    receipt = add_cost(receipt, member.name, quote.usd, quote.version or None)
    cached = (usage.get("input_token_details") or {}).get("cache_read") if usage else None
    if reply is None or not usage or not cached:
        return receipt
    # The same tokens at the price of those that no cache had.
    plain = {name: usage.get(name, 0) for name in ("input_tokens", "output_tokens", "total_tokens")}
    full = _quote(parts, member, reply.model_copy(update={"usage_metadata": plain}))
    saved = None if quote.usd is None or full.usd is None else full.usd - quote.usd
    return add_prompt_cache(receipt, cached, saved)


def _quote(parts: Parts, member: ChainModel, reply: AIMessage | None) -> PriceQuote:
    """What a call cost, by the name its server gives the model, else by the one it was asked for."""
    if member.runs_here:
        return PriceQuote(0.0, "")
    if parts.price is None:
        return PriceQuote(None, "")
    usage = reply.usage_metadata if reply is not None else None
    served = str(reply.response_metadata.get("model_name") or "") if reply is not None else ""
    quotes = [
        parts.price(name, member.endpoint, usage) for name in dict.fromkeys([served, member.name]) if name
    ]
    return next((quote for quote in quotes if quote.usd is not None), quotes[0])


def _paid(parts: Parts, member: ChainModel, step: str, who: Principal, receipt: Receipt, send: Send) -> Send:
    """``send``, each of its calls held in the budget before; as it is where nothing is paid."""
    budget = parts.budget
    if budget is None or member.runs_here:
        return send

    async def paid(model: Runnable[Any, BaseMessage], request: Any) -> BaseMessage:
        planned = PlannedCall(
            payer=payer_of(who, receipt),
            step=step,
            model=member.name,
            endpoint=member.endpoint,
            input_tokens=request_tokens(model, request),
            output_tokens=most_output_tokens(member.model, parts.limits.max_draft_chars // CHARS_A_TOKEN),
            seconds=member.timeout_s or parts.limits.model_timeout_s,
        )
        return await paid_call(
            budget, planned, lambda: send(model, request), lambda reply: _quote(parts, member, reply).usd
        )

    return paid
