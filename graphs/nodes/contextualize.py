"""contextualize: turn a follow-up into a question that stands alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.calling.budget import BudgetRefusedError
from graphs.calling.call import invoke
from graphs.calling.chains import ChainModel
from graphs.drafting.ask import ask_model
from graphs.drafting.follow_up import stand_alone
from graphs.drafting.memory import recalled
from graphs.drafting.rewritten import keeps_question
from graphs.drafting.watch import all_written, watch
from graphs.nodes.guard import refusal_of
from graphs.nodes.node import Node
from graphs.parts import Parts, Principal, ask_context
from graphs.receipts import Receipt, guard_entry, with_entry, with_values
from graphs.state import AnswerState, AskContext
from prompts.canary import with_canary
from prompts.load import load_prompt

TURNS = 6
"""Messages of the conversation that are looked at."""

TURN_CHARS = 1000


def make_contextualize(parts: Parts) -> Node:
    async def contextualize(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        question = state["asked"]
        history = [m for m in state.get("messages", []) if isinstance(m, HumanMessage | AIMessage)]
        earlier = history[:-1] if history and history[-1].text == question else history
        receipt = state["receipt"]
        standalone = question
        if earlier:
            standalone = ""
            chain = parts.chain(ask_context(runtime))
            if chain:
                who = parts.identify(runtime, config)
                seconds = parts.deadline_s(ask_context(runtime))
                receipt, standalone = await _by_model(
                    parts, chain[0], receipt, _shown(earlier), question, who, seconds
                )
            if not keeps_question(standalone, question):
                standalone = combine(question, earlier)
            if standalone != question and parts.check_question is not None:
                # The conversation is the caller's, and may hold what was refused when it was asked.
                checked = await asyncio.to_thread(parts.check_question, standalone)
                receipt = with_entry(receipt, "guards", guard_entry(checked))
                standalone = question if checked.verdict == "deny" else checked.text
        refusal = None
        if parts.check_subject is not None:
            subject = await asyncio.to_thread(parts.check_subject, standalone)
            receipt = with_entry(receipt, "guards", guard_entry(subject))
            refusal = refusal_of(subject)
        update: AnswerState = {
            "standalone": standalone,
            "receipt": with_values(receipt, standalone=standalone),
        }
        if refusal is not None:
            return {**update, "refusal": refusal.model_dump()}
        return {**update, **(await recalled(parts, {**state, **update}, runtime, config) or {})}

    return contextualize


def after_contextualize(state: AnswerState) -> str:
    """Straight to cite with a draft that is remembered: it is checked again before it is served."""
    if state["refusal"]:
        return "refuse"
    return "cite" if state["draft"] else "retrieve"


async def _by_model(
    parts: Parts,
    member: ChainModel,
    receipt: Receipt,
    conversation: str,
    question: str,
    who: Principal,
    seconds: float,
) -> tuple[Receipt, str]:
    """What the model makes of the question; empty when it fails: the words of the conversation still help.

    Raises:
        BudgetRefusedError: it is not paid for, and nothing is answered then.
    """
    prompt = load_prompt("contextualize", member.family)
    begun = parts.clock()
    noted: list[dict[str, Any]] = []

    async def send(model: Any, request: Any) -> BaseMessage:
        reply = await invoke(model, request, run_name="contextualize")
        await watch(parts, all_written(reply), noted)
        return reply

    value = prompt.template.invoke({"conversation": conversation, "question": question})
    try:
        asked = await ask_model(
            parts,
            member,
            member.model,
            with_canary(value, "" if member.small else parts.canary),
            lambda reply: " ".join(reply.text.split()),
            step="contextualize",
            receipt=with_entry(receipt, "prompts", prompt.entry()),
            attempts=1,
            time_left=lambda: begun + seconds - parts.clock(),
            who=who,
            send=send,
        )
    except BudgetRefusedError as error:
        if parts.budget is None or parts.budget.when_spent != "extractive":
            raise
        return error.receipt, ""
    receipt = asked.receipt
    for entry in noted:
        receipt = with_entry(receipt, "guards", entry)
    return receipt, asked.value or ""


def combine(question: str, earlier: Sequence[AnyMessage]) -> str:
    """Without a model: the question with what the conversation's words say of its subject.

    >>> combine("And for v1?", [HumanMessage("What is the limit of API v2?"), AIMessage("300.")])
    'What is the limit of API v1?'
    """
    said: list[tuple[str, str]] = []
    for message in earlier:
        if isinstance(message, HumanMessage):
            said.append((message.text, ""))
        elif isinstance(message, AIMessage) and said:
            said[-1] = (said[-1][0], message.text)
    return stand_alone(question, said)


def _shown(messages: Sequence[AnyMessage]) -> str:
    return "\n".join(
        f"{'User' if isinstance(message, HumanMessage) else 'Assistant'}: {_one_line(message.text)}"
        for message in messages[-TURNS:]
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:TURN_CHARS]
