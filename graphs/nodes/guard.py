"""guard: establish the question, check it, and clear what an earlier turn left in the state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Problem
from graphs.drafting.small_talk import is_small_talk
from graphs.nodes.conversation_owner import claim
from graphs.nodes.leave import begun_receipt
from graphs.nodes.node import Node
from graphs.parts import GuardResult, IdentityError, Parts, Principal, ask_context
from graphs.receipts import guard_entry, with_entry, with_values
from graphs.state import AnswerState, AskContext, fresh_state
from tools.filters import as_mapping

logger = logging.getLogger(__name__)

CONTEXT = ("top_k", "extractive", "chain", "gate")
"""What of a run's context the receipt repeats, so that the question can be asked again in the same way."""


def make_guard(parts: Parts) -> Node:
    async def guard(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        question, said = asked_question(state)
        filters = _filters(state)
        principal, unknown = _who(parts, runtime, config)
        begun = begun_receipt(parts, question, principal, config)
        result = await _check(parts, question)
        if result.verdict == "modify":
            # The conversation keeps the mended words too: later turns are read from it.
            question = result.text
            said = HumanMessage(question, id=said.id if said else None)
        receipt = with_values(
            begun,
            question=question,
            filters=filters,
            context={name: getattr(ask_context(runtime), name) for name in CONTEXT},
            index_generation=await asyncio.to_thread(parts.index_generation)
            if parts.index_generation
            else None,
        )
        receipt = with_entry(receipt, "guards", guard_entry(result))
        owner, not_theirs = claim(parts.seal_key, state, principal)
        refusal = (
            unknown
            or not_theirs
            or _refusal(question, result)
            or _unknown_chain(parts, ask_context(runtime).chain)
        )
        update = fresh_state()
        update["asked"] = question
        update["narrowed"] = filters
        update["refusal"] = refusal.model_dump() if refusal else None
        update["small_talk"] = is_small_talk(question)
        update["receipt"] = receipt
        if unknown or not_theirs:
            # Another's conversation is left as it is.
            return update
        update["owner"] = owner
        if said is not None and said not in state.get("messages", []):
            update["messages"] = [said]
        return update

    return guard


def after_guard(state: AnswerState) -> str:
    if state.get("refusal"):
        return "refuse"
    # Nothing is asked: to search for "thanks" would find something.
    return "abstain" if state.get("small_talk") else "contextualize"


def asked_question(state: AnswerState) -> tuple[str, HumanMessage | None]:
    """The question, and the message that says it: the conversation's last one, or one to be added."""
    messages = state.get("messages") or []
    last = messages[-1] if messages and isinstance(messages[-1], HumanMessage) else None
    given = state.get("question") or ""
    if last is not None and (not given or last.text == given):
        return last.text, last
    return given, HumanMessage(given) if given else None


def _filters(state: AnswerState) -> dict[str, Any]:
    """By key; a retriever of others may have values of its own there. Raises ``UnreadableFilterError``."""
    given = state.get("filters") or {}
    return dict(given) if isinstance(given, Mapping) else as_mapping(given)


def _who(
    parts: Parts, runtime: Runtime[AskContext], config: RunnableConfig
) -> tuple[Principal, Problem | None]:
    """Who asks; where that cannot be told, nobody, and why."""
    try:
        return parts.identify(runtime, config), None
    except IdentityError as error:
        # Here alone: every step asks who it is that asks, and one line is enough.
        logger.warning("a request is refused: %s", error)
        return Principal(), Problem(code="identity-refused", message=f"{error}.")


async def _check(parts: Parts, question: str) -> GuardResult:
    if parts.check_question is None:
        return GuardResult("none", "allow", question)
    return await asyncio.to_thread(parts.check_question, question)


def _refusal(question: str, result: GuardResult) -> Problem | None:
    if not question.strip():
        return Problem(code="empty-question", message="The question is empty; ask something in words.")
    return refusal_of(result)


def refusal_of(result: GuardResult) -> Problem | None:
    """Why the question is not taken on, in the guard's words; None where it lets it by."""
    if result.verdict != "deny":
        return None
    return Problem(code="question-refused", message="; ".join(result.reasons) or "The question was refused.")


def _unknown_chain(parts: Parts, name: str) -> Problem | None:
    if not name or name in parts.chain_names:
        return None
    there_are = ", ".join(chain for chain in parts.chain_names if chain) or "none; PINCITE_CHAINS names them"
    message = f"There is no chain of models called {name[:50]!r}; there are: {there_are}."
    return Problem(code="unknown-chain", message=message)
