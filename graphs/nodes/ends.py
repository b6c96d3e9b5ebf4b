"""The ends without an answer: refuse, abstain, and the failure every node falls back to."""

from __future__ import annotations

import asyncio
import difflib
import logging
import re

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.errors import NodeError, NodeTimeoutError
from langgraph.runtime import Runtime
from langgraph.types import Command

from graphs.calling.call import is_retryable
from graphs.calling.unworded import unworded
from graphs.contracts import Abstention, Answer, NearestPassage, Problem
from graphs.events import emit_answer
from graphs.nodes.guard import asked_question
from graphs.nodes.step import Node
from graphs.parts import GuardFailedError, Parts
from graphs.receipts import guard_entry, with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage
from tools.scoped_search import RequestError

logger = logging.getLogger(__name__)

NEAREST = 3
EXCERPT_CHARS = 300
LIKE = 0.6
"""The likeness (difflib's ratio, its own default) from which a name may be the one that was meant."""

_NAME = re.compile(r"[^\W_]+(?:_[^\W_]+)+|(?=\w*\d)(?=\w*[^\W\d_])[^\W_]{2,}")
NOT_HELD = "the documents do not seem to hold the answer"


def make_refuse(parts: Parts) -> Node:
    async def refuse(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        problem = Problem.model_validate(state["refusal"])
        answer = Answer(status="refused", question=state["asked"], text=problem.message, problem=problem)
        return {"answer": answer.model_dump(), "messages": [AIMessage(problem.message)]}

    return refuse


def make_abstain(parts: Parts) -> Node:
    async def abstain(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        near = state["evidence"] or state["retrieved"]
        assessment = state["assessment"]
        reason, receipt = _reason(state), state["receipt"]
        if state["unanswerable"] and parts.check_answer is not None:
            # A model wrote it, and a document may have told the model what to write.
            result = await asyncio.to_thread(parts.check_answer, reason)
            receipt = with_entry(receipt, "guards", guard_entry(result))
            reason = (result.text.strip() if result.verdict != "deny" else "") or NOT_HELD
        abstention = Abstention(
            reason=reason,
            searched=list(dict.fromkeys(state["searched"])),
            filters=state["narrowed"],
            passages_considered=len(state["retrieved"]),
            # Where a name is absent, no score was asked for.
            score=None if state["absent"] else assessment.get("score"),
            needed=None if state["absent"] else assessment.get("needed"),
            nearest=[_nearest(passage) for passage in near[:NEAREST]],
        )
        text = f"I do not know: {abstention.reason}."
        answer = Answer(
            status="abstained",
            question=state["asked"],
            text=text,
            notices=state["notices"],
            abstention=abstention,
        )
        return {"answer": answer.model_dump(), "messages": [AIMessage(text)], "receipt": receipt}

    return abstain


def _reason(state: AnswerState) -> str:
    if not state["retrieved"]:
        return "no document that you may read has any of the question's words or meaning"
    if not state["enough"]:
        return _absent(state) if state["absent"] else NOT_HELD
    if state["unanswerable"]:
        return " ".join(state["unanswerable"].split())[:EXCERPT_CHARS].rstrip(".")
    return "no sentence of the drafted answer stood up to checking against the documents"


def _absent(state: AnswerState) -> str:
    """Which name is in no document; and the names most like it among what was found."""
    name = state["absent"][0]
    known = {word for passage in state["retrieved"] for word in _NAME.findall(passage["text"])}
    near = difflib.get_close_matches(name, sorted(known - {name}), n=NEAREST, cutoff=LIKE)
    told = f'no document that you may read has the name "{name}"'
    return f"{told}; the nearest names are {', '.join(near)}" if near else told


def _nearest(passage: EvidencePassage) -> NearestPassage:
    return NearestPassage(
        doc_id=passage["doc_id"],
        version=passage["version"],
        start=passage["start"],
        end=passage["end"],
        title=passage["title"],
        uri=passage["uri"],
        headings=passage["headings"],
        page=passage["page"],
        score=round(float(passage["scores"].get("fused") or 0.0), 4),
        excerpt=passage["text"][:EXCERPT_CHARS],
    )


def fail(state: AnswerState, error: NodeError) -> Command[str]:
    """Error handler of every node: a failed answer with a stable code instead of an exception.

    The message never repeats the exception's words, which may hold secrets or another person's data, unless
    they were written for the caller; its type is in the receipt.
    """
    timed_out = isinstance(error.error, TimeoutError | NodeTimeoutError)
    if isinstance(error.error, GuardFailedError):
        logger.warning("%s; nothing is answered", error.error, exc_info=unworded(error.error))
    elif not isinstance(error.error, RequestError):
        logger.warning("the step %s failed; nothing is answered", error.node, exc_info=unworded(error.error))
    # A guard that fails has not yet cleared what the turn before left.
    fresh = error.node != "guard"
    known = state.get("receipt") if fresh else None
    problem = Problem(
        code=f"{error.node}-timeout" if timed_out else f"{error.node}-failed",
        message=_told(error.error, f"the step {error.node!r} {'took too long' if timed_out else 'failed'}"),
        retryable=timed_out or is_retryable(error.error),
    )
    receipt = with_entry(
        getattr(error.error, "receipt", known),
        "errors",
        {"node": error.node, "error": type(error.error).__name__},
    )
    answer = Answer(
        id=receipt.get("id", ""),
        status="failed",
        question=state["asked"] if fresh else asked_question(state)[0],
        text="",
        problem=problem,
        notices=state["notices"] if fresh else [],
        receipt=receipt,
    ).model_dump()
    emit_answer(answer)
    return Command(update={"answer": answer, "receipt": receipt}, goto="__end__")


def _told(error: BaseException, what: str) -> str:
    if isinstance(error, RequestError):
        return str(error)
    said = str(error) if isinstance(error, GuardFailedError) else what
    return f"{said[0].upper()}{said[1:]}; nothing was answered."
