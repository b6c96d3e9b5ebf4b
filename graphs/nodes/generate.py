"""generate: draft sentences with claimed sources, by the first model that manages, else extractively."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from graphs.calling.budget import BudgetRefusedError, BudgetUnavailableError
from graphs.calling.call import ask_for_repair
from graphs.calling.chains import Chain, ChainModel, with_schema, with_tools
from graphs.drafting.ask import ask_model
from graphs.drafting.delimiter import delimiter
from graphs.drafting.read import Draft, give_answer, read_draft, small_answer
from graphs.drafting.request import DraftRequest, DraftRequests
from graphs.drafting.route import drafting_chain
from graphs.drafting.stream import stream_draft
from graphs.drafting.watch import all_written, watch
from graphs.judging.judge import Judge, borne_out
from graphs.judging.open_sentences import is_open
from graphs.judging.released_sentences import Outlet
from graphs.limits import DRAFTS
from graphs.nodes.node import Node
from graphs.parts import AnswerRequest, Extractor, Parts, Principal, ask_context, payer_of
from graphs.receipts import Receipt, model_seconds, with_entry, with_values
from graphs.state import AnswerState, AskContext, DraftSentence

INSTEAD = (
    "No sentence that the model drafted stood up to checking against the documents: "
    "these are sentences of the documents."
)
NOTHING_STANDS = "no sentence of the drafted answer stood up to checking against the documents"
NOT_PAID = {
    BudgetRefusedError.code: "the budget is spent",
    BudgetUnavailableError.code: "what calls have cost cannot be read",
}
WEAK = "the evidence is too weak for a small model"


class NobodyAnswersError(RuntimeError):
    """No model answered and there is no extractive answerer to fall back to."""

    def __init__(self, why: str, receipt: Receipt, retryable: bool) -> None:
        super().__init__(f"no model answered ({why})")
        self.receipt = receipt
        self.retryable = retryable


@dataclass(slots=True)
class _Drafting:
    """One round of drafting: what was produced, and the receipt with what it took."""

    receipt: Receipt
    draft: Draft | None = None
    mode: str = ""
    why_not: str = ""
    retryable: bool = False
    early: list[DraftSentence] = field(default_factory=list)
    holding: bool = False
    """A sentence was left open: it and those after it wait for the second reader."""
    first: dict[str, float] = field(default_factory=dict)
    """Milliseconds from the first call to the first chunk and to the first sentence let out."""


def make_generate(parts: Parts) -> Node:
    async def generate(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        context, who = ask_context(runtime), parts.identify(runtime, config)
        chain, receipt = await drafting_chain(parts, context, state, who)
        done = _Drafting(receipt)
        outlet = Outlet(parts, state)
        refused = state["attempts"] >= DRAFTS
        if chain and not refused:
            try:
                seconds = parts.deadline_s(context)
                nonce = await delimiter(parts, state, config)
                await _ask_models(parts, chain, state, done, outlet, who, seconds, nonce)
            except BudgetRefusedError as error:
                done.receipt, done.why_not = {**error.receipt, **done.first}, NOT_PAID[error.code]
                # What has been let out is paid for and stands; else nothing is answered, unless so set.
                if not (outlet.claims or _may_extract(parts)):
                    raise
        notices = [*state["notices"], *outlet.notices]
        if done.draft is None and outlet.claims:
            done.draft, done.mode = Draft(), state["mode"] or "model"
            why = f"The model did not finish ({done.why_not}): what it had written and was checked stands."
            notices = [*notices, why]
        elif refused:
            done.draft, done.mode = await _instead(parts.extractor, state), "extractive"
            if not done.draft.unanswerable:
                notices = [*notices, INSTEAD]
        elif done.draft is None:
            if parts.extractor is None:
                raise NobodyAnswersError(done.why_not or "none is asked", done.receipt, done.retryable)
            done.draft, done.mode = await _extract(parts.extractor, state), "extractive"
            if done.why_not:
                rest = (
                    "nothing is answered"
                    if done.draft.unanswerable
                    else "these are sentences of the documents"
                )
                notices = [*notices, f"The model did not answer ({done.why_not}): {rest}."]
        return {
            "draft": done.draft.claims,
            "early": done.early,
            "released": outlet.claims,
            "citations": outlet.citations,
            "unanswerable": "" if outlet.claims else done.draft.unanswerable,
            "model_reason": done.draft.model_reason,
            "tool_calls": done.draft.tool_calls,
            "mode": done.mode,
            "notices": notices,
            "receipt": outlet.with_guards(done.receipt),
        }

    return generate


def after_generate(state: AnswerState) -> str:
    """A tool's node, cite, or abstain."""
    if state["tool_calls"]:
        return str(state["tool_calls"][0]["name"])
    return "abstain" if state["unanswerable"] else "cite"


def _may_extract(parts: Parts) -> bool:
    """Whether an answer without a model is wanted where the budget refuses one by a model."""
    return (
        parts.extractor is not None and parts.budget is not None and parts.budget.when_spent == "extractive"
    )


def too_weak(assessment: Mapping[str, Any]) -> bool:
    """Whether the evidence needs somebody who can say that it does not hold the answer."""
    score = assessment["score"]
    return score is not None and bool(score < assessment["needed_without_model"])


async def _extract(extractor: Extractor, state: AnswerState) -> Draft:
    """Sentences of the evidence, where it is good enough to stand without a model."""
    if too_weak(state["assessment"]):
        return Draft(unanswerable="the documents do not answer this clearly enough without a model")
    claims = await extractor.ainvoke(AnswerRequest(state["standalone"], state["evidence"]))
    return Draft(
        claims=claims, unanswerable="" if claims else "no sentence of the passages answers the question"
    )


async def _instead(extractor: Extractor | None, state: AnswerState) -> Draft:
    """What the documents say themselves, where nothing that a model drafted stands."""
    draft = await _extract(extractor, state) if extractor is not None else Draft()
    return draft if draft.claims else Draft(unanswerable=NOTHING_STANDS)


async def _ask_models(
    parts: Parts,
    chain: Chain,
    state: AnswerState,
    done: _Drafting,
    outlet: Outlet,
    who: Principal,
    deadline_s: float,
    nonce: str,
) -> None:
    calls_left = parts.limits.max_tool_calls - state["tool_rounds"]
    offered = parts.tools if calls_left > 0 else ()
    names = {tool.name for tool in offered}
    ends = parts.clock() + deadline_s - model_seconds(done.receipt)
    requests = DraftRequests(parts, state, deadline_s, nonce)
    judge = Judge(parts, state["evidence"], state["standalone"], who.groups, payer_of(who, done.receipt))
    begun = parts.clock()

    for position, member in enumerate(chain):
        if member.small and too_weak(state["assessment"]):
            done.why_not = done.why_not or WEAK
            taken = {"step": "generate", "failed": member.name, "why": WEAK}
            done.receipt = with_entry(done.receipt, "fallbacks", taken)
            continue
        request = await requests.of(member)
        if request.prompt.entry() not in done.receipt.get("prompts", []):
            done.receipt = with_entry(done.receipt, "prompts", request.prompt.entry())

        def read(reply: AIMessage, request: DraftRequest = request) -> Draft:
            draft = read_draft(reply)
            if any(call["name"] not in names for call in draft.tool_calls):
                return Draft(unanswerable="the model asked for a tool that is not offered")
            calls = draft.tool_calls[:calls_left]
            return replace(draft, claims=request.claims(draft.claims), tool_calls=calls)

        async def complete(
            claim: DraftSentence, request: DraftRequest = request, member: ChainModel = member
        ) -> None:
            """Let a finished sentence out, unless the draft's first failed: it may be drafted anew."""
            (claim,) = request.claims([claim])
            if (
                done.holding
                or (done.early and not borne_out(done.early[0]))
                or outlet.has_said(claim["text"])
            ):
                return
            judged = await judge(claim)
            # What a second reader is to see waits, and what follows it: sentences stay in their order.
            done.holding = parts.second_reader and not member.small and is_open(judged)
            if done.holding:
                return
            done.early.append(judged)
            if borne_out(done.early[-1]) and await outlet.let_out(done.early[-1]):
                _note_first(done, "first_sentence_ms", parts.clock() - begun)

        async def written(so_far: str) -> None:
            await watch(parts, so_far, outlet.guards, whole=False)

        async def send(model: Runnable[Any, BaseMessage], asked: Any) -> BaseMessage:
            reply = await stream_draft(
                model,
                asked,
                complete=complete,
                most_characters=parts.limits.max_draft_chars,
                heard=lambda: _note_first(done, "first_chunk_ms", parts.clock() - begun),
                written=written,
            )
            await watch(parts, all_written(reply), outlet.guards)
            return reply

        asked = await ask_model(
            parts,
            member,
            _bound(member, offered),
            request.value,
            read,
            step="generate",
            receipt=done.receipt,
            attempts=parts.limits.model_attempts,
            time_left=lambda: ends - parts.clock(),
            who=who,
            repair=ask_for_repair,
            send=send,
        )
        done.receipt = {**asked.receipt, **done.first}
        if asked.value is not None:
            done.draft = asked.value
            done.mode = "fallback" if position else "model"
            done.receipt = with_values(done.receipt, model=member.name, model_served=asked.served)
            return
        done.why_not = asked.why_not
        done.retryable = done.retryable or asked.retryable


def _note_first(done: _Drafting, what: str, seconds: float) -> None:
    done.first.setdefault(what, round(seconds * 1000, 1))


def _bound(member: ChainModel, offered: Sequence[BaseTool]) -> Runnable[Any, BaseMessage]:
    """The model, asked for the form it drafts in. Only a model that calls tools is offered others."""
    if member.draft_format == "tool":
        return with_tools(member.model, [*offered, give_answer])
    if member.draft_format == "json_schema":
        return with_schema(member.model, small_answer if member.small else give_answer)
    return member.model
