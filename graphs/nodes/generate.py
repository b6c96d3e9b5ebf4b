"""generate: draft sentences with claimed sources, by the first model that manages, else extractively."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.drafting import Draft, give_answer, read_draft, show_evidence
from graphs.ladder import DeadlineError, call_model, describe_failure, is_retryable, model_name, with_tools
from graphs.nodes.step import Node
from graphs.parts import AnswerRequest, Extractor, Parts, ask_context
from graphs.receipts import Receipt, add_usage, with_entry, with_values
from graphs.state import AnswerState, AskContext
from prompts.load import load_prompt


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


def make_generate(parts: Parts) -> Node:
    async def generate(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        extractive = ask_context(runtime).extractive
        done = _Drafting(state["receipt"])
        if parts.models and not extractive:
            await _ask_models(parts, state, done)
        notices = state["notices"]
        if done.draft is None:
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
            "unanswerable": done.draft.unanswerable,
            "tool_calls": done.draft.tool_calls,
            "mode": done.mode,
            "notices": notices,
            "receipt": done.receipt,
        }

    return generate


def after_generate(state: AnswerState) -> str:
    """A tool's node, cite, or abstain."""
    if state["tool_calls"]:
        return str(state["tool_calls"][0]["name"])
    return "abstain" if state["unanswerable"] else "cite"


async def _extract(extractor: Extractor, state: AnswerState) -> Draft:
    """Sentences of the evidence, where it is good enough to stand without a model."""
    assessment = state["assessment"]
    if assessment["score"] is not None and assessment["score"] < assessment["needed_without_model"]:
        return Draft(unanswerable="the documents do not answer this clearly enough without a model")
    claims = await extractor.ainvoke(AnswerRequest(state["standalone"], state["evidence"]))
    return Draft(
        claims=claims, unanswerable="" if claims else "no sentence of the passages answers the question"
    )


async def _ask_models(parts: Parts, state: AnswerState, done: _Drafting) -> None:
    prompt = load_prompt("answer")
    done.receipt = with_entry(
        done.receipt, "prompts", {"name": prompt.name, "version": prompt.version, "sha256": prompt.sha256}
    )
    request = prompt.template.invoke(
        {
            "evidence": show_evidence(state["evidence"], parts.nonce()),
            "failures": _failures(state["failures"]),
            "question": state["standalone"],
        }
    )
    calls_left = parts.limits.max_tool_calls - state["tool_rounds"]
    offered = parts.tools if calls_left > 0 else ()
    names = {tool.name for tool in offered}
    ends = parts.clock() + parts.limits.deadline_s
    for position, model in enumerate(parts.models):
        name = model_name(model)

        def count(reply: AIMessage, name: str = name) -> None:
            done.receipt = add_usage(done.receipt, name, reply.usage_metadata)

        def read(reply: AIMessage) -> Draft:
            draft = read_draft(reply)
            if any(call["name"] not in names for call in draft.tool_calls):
                return Draft(unanswerable="the model asked for a tool that is not offered")
            return replace(draft, tool_calls=draft.tool_calls[:calls_left])

        try:
            done.draft = await call_model(
                with_tools(model, [*offered, give_answer]),
                request,
                read,
                attempts=parts.limits.model_attempts,
                timeout_s=parts.limits.model_timeout_s,
                time_left=lambda: ends - parts.clock(),
                count=count,
            )
        except Exception as error:  # providers share no base class; the next in the chain is asked
            done.why_not = describe_failure(error)
            done.retryable = done.retryable or isinstance(error, DeadlineError) or is_retryable(error)
            taken = {"step": "generate", "failed": name, "why": done.why_not}
            done.receipt = with_entry(done.receipt, "fallbacks", taken)
            continue
        done.mode = "fallback" if position else "model"
        done.receipt = with_values(done.receipt, model=name)
        return


def _failures(failures: Sequence[str]) -> str:
    if not failures:
        return ""
    listed = "\n".join(f"- {failure}" for failure in failures)
    return f"An earlier draft was rejected. Mend exactly this:\n{listed}\n\n"
