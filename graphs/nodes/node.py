"""What every node has in common: its time is taken and a step event is streamed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.events import emit, emit_answer
from graphs.receipts import with_entry
from graphs.state import AnswerState, AskContext

Node = Callable[[AnswerState, Runtime[AskContext], RunnableConfig], Awaitable[AnswerState]]


def timed(name: str, node: Node, clock: Callable[[], float]) -> Node:
    """``node``, with its milliseconds in the receipt and a custom stream event ``step`` when it is done."""

    async def step(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        begun = clock()
        update = await node(state, runtime, config)
        milliseconds = round((clock() - begun) * 1000, 1)
        receipt = update.get("receipt", state.get("receipt") or {})
        update["receipt"] = with_entry(receipt, "steps", {"node": name, "ms": milliseconds})
        if update.get("answer"):
            told = {"id": update["receipt"].get("id", ""), "receipt": update["receipt"]}
            update["answer"] = {**update["answer"], **told}
        emit({"type": "step", "node": name, "ms": milliseconds})
        if update.get("answer"):
            emit_answer(update["answer"])
        return update

    step.__name__ = name
    return step
