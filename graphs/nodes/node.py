"""What every node has in common: sealed state in and out, its time taken, a step event streamed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.events import emit, emit_answer
from graphs.nodes.leave import leave
from graphs.nodes.sealed_state import check_seal, sealed
from graphs.parts import IdentityError, Parts, Principal, payer_of
from graphs.receipts import Receipt, elapsed_ms, with_entry, with_values
from graphs.state import AnswerState, AskContext

Node = Callable[[AnswerState, Runtime[AskContext], RunnableConfig], Awaitable[AnswerState]]


FIRST = "guard"
"""The node that a question begins with: it takes nothing from the state but what the caller gives."""


def step_of(name: str, node: Node, parts: Parts) -> Node:
    """``node``, with its milliseconds in the receipt and a custom stream event ``step`` when it is done.

    The state must be as the step before left it for who asks now, and is sealed again.

    Raises:
        StateChangedError: it is not.
    """
    clock = parts.clock

    async def step(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        begun = clock()
        who = who_asks(parts, runtime, config)
        if name != FIRST:
            check_seal(parts.seal_key, state, who)
        update = await node(state, runtime, config)
        milliseconds = round((clock() - begun) * 1000, 1)
        receipt = update.get("receipt", state.get("receipt") or {})
        at = max(0.0, round(elapsed_ms(receipt, parts.now()) - milliseconds, 1))
        update["receipt"] = with_entry(receipt, "steps", {"node": name, "at": at, "ms": milliseconds})
        if update.get("answer"):
            update["receipt"] = await with_budget(parts, update["receipt"], who)
            update["answer"] = await leave(parts, update["answer"], update["receipt"], who)
        update["seal"] = sealed(parts.seal_key, {**state, **update}, who)
        emit({"type": "step", "node": name, "ms": milliseconds})
        if update.get("answer"):
            emit_answer(update["answer"])
        return update

    step.__name__ = name
    return step


async def with_budget(parts: Parts, receipt: Receipt, who: Principal) -> Receipt:
    """The receipt with what the request reserved and spent, and what is left."""
    if parts.budget is None or not receipt.get("id"):
        return receipt
    state = await parts.budget.state(payer_of(who, receipt))
    return with_values(receipt, budget={**receipt.get("budget", {}), **state})


def who_asks(parts: Parts, runtime: Runtime[AskContext], config: RunnableConfig) -> Principal:
    """Who asks; nobody where that cannot be told: guard refuses, and a node that needs to know fails."""
    try:
        return parts.identify(runtime, config)
    except IdentityError:
        return Principal()
