"""What every node falls back to: a failed answer instead of an exception."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.errors import NodeError, NodeTimeoutError
from langgraph.runtime import Runtime
from langgraph.types import Command

from graphs.calling.budget import BudgetRefusedError
from graphs.calling.call import is_retryable
from graphs.calling.redacted_error import redacted
from graphs.contracts import Answer, Problem
from graphs.events import emit_answer
from graphs.nodes.guard import asked_question
from graphs.nodes.leave import begun_receipt, leave
from graphs.nodes.node import who_asks, with_budget
from graphs.nodes.sealed_state import StateChangedError
from graphs.parts import GuardFailedError, Parts
from graphs.receipts import Receipt, run_entry, with_entry
from graphs.state import AnswerState, AskContext
from tools.scoped_search import RequestError

logger = logging.getLogger(__name__)


def make_fail(parts: Parts) -> Callable[..., Awaitable[Command[str]]]:
    async def fail(
        state: AnswerState, error: NodeError, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> Command[str]:
        who = who_asks(parts, runtime, config)
        answer, receipt = _failed(state, error, lambda asked: begun_receipt(parts, asked, who, config))
        receipt = await with_budget(parts, receipt, who)
        answer = await leave(parts, answer, receipt, who)
        emit_answer(answer)
        return Command(update={"answer": answer, "receipt": receipt}, goto="__end__")

    return fail


def _failed(
    state: AnswerState, error: NodeError, begun: Callable[[str], Receipt]
) -> tuple[dict[str, Any], Receipt]:
    """Of every node: a failed answer with a stable code instead of an exception. ``begun`` makes the receipt
    of a question that has none yet.

    The message never repeats the exception's words, which may hold secrets or another person's data, unless
    they were written for the caller; its type is in the receipt.
    """
    timed_out = isinstance(error.error, TimeoutError | NodeTimeoutError)
    if isinstance(error.error, GuardFailedError):
        logger.warning("%s; nothing is answered", error.error, exc_info=redacted(error.error))
    elif not isinstance(error.error, RequestError):
        logger.warning("the step %s failed; nothing is answered", error.node, exc_info=redacted(error.error))
    # A guard that fails has not yet cleared what the turn before left; and what others wrote is not repeated.
    written = isinstance(error.error, StateChangedError)
    fresh = error.node != "guard" and not written
    question = state["asked"] if fresh else asked_question(state)[0]
    known = getattr(error.error, "receipt", state.get("receipt") if fresh else None)
    problem = Problem(
        code=_code(error, timed_out),
        message=_told(error.error, f"the step {error.node!r} {'took too long' if timed_out else 'failed'}"),
        retryable=timed_out or is_retryable(error.error),
    )
    receipt = with_entry(
        known if known and known.get("id") else {**begun(question), **(known or {})},
        "errors",
        {"node": error.node, "error": type(error.error).__name__},
    )
    if isinstance(error.error, GuardFailedError) and error.error.runs:
        runs = [run_entry(run) for run in error.error.runs]
        failed = {"guard": "+".join(run["guard"] for run in runs), "verdict": "deny", "runs": runs}
        receipt = with_entry(receipt, "guards", failed)
    answer = Answer(
        id=receipt.get("id", ""),
        status="failed",
        question=question,
        text="",
        problem=problem,
        notices=state["notices"] if fresh else [],
        receipt=receipt,
    ).model_dump()
    return answer, receipt


def _code(error: NodeError, timed_out: bool) -> str:
    if isinstance(error.error, StateChangedError):
        return "state-changed"
    if isinstance(error.error, BudgetRefusedError):
        return error.error.code
    return f"{error.node}-{'timeout' if timed_out else 'failed'}"


def _told(error: BaseException, what: str) -> str:
    if isinstance(error, RequestError):
        return str(error)
    said = str(error) if isinstance(error, GuardFailedError) else what
    return f"{said[0].upper()}{said[1:]}; nothing was answered."
