"""One attempt of a model call, paid from a budget: held before it, settled whatever becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langchain_core.messages import AIMessage, BaseMessage

from graphs.calling.budget import Budget, BudgetRefusedError, BudgetUnavailableError, PlannedCall, Reservation
from graphs.calling.call import DraftFormatError, may_have_cost

CANNOT_TELL = "What model calls have cost cannot be read, so no model is asked; ask again in a minute."


async def paid_call(
    budget: Budget,
    planned: PlannedCall,
    call: Callable[[], Awaitable[BaseMessage]],
    price: Callable[[AIMessage], float | None],
) -> BaseMessage:
    """Await ``call()``, held in ``budget`` before and settled after; ``price`` says what a reply cost in US
    dollars.

    An attempt that failed, was cancelled or ran out of time is settled at what was reserved, unless nothing
    can have been spent.

    Raises:
        BudgetRefusedError: it is not paid for, so the call was not made.
        BaseException: whatever the call raises.
    """
    held = await _held(budget, planned)
    try:
        reply = await call()
    except BaseException as error:
        # A stream that was ended because of what came has cost what came.
        known_free = isinstance(error, Exception) and not isinstance(error, DraftFormatError)
        if known_free and not may_have_cost(error):
            await held.release()
        else:
            await held.settle(None, None)
        raise
    if isinstance(reply, AIMessage):
        await held.settle(price(reply), reply.usage_metadata)
    else:
        await held.settle(None, None)
    return reply


async def _held(budget: Budget, planned: PlannedCall) -> Reservation:
    try:
        return await budget.reserve(planned)
    except BudgetRefusedError:
        raise
    except Exception as error:  # any account may be behind it, and one that fails pays for nothing
        raise BudgetUnavailableError(CANNOT_TELL) from error
