"""rerank: order and cut to the evidence budget, and decide whether the evidence is enough."""

from __future__ import annotations

import logging
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.calling.redacted_error import redacted
from graphs.drafting.evidence_order import as_before
from graphs.nodes.node import Node
from graphs.parts import AnswerRequest, Parts, ask_context
from graphs.passages import passage_id, to_document, to_passage, unseen
from graphs.receipts import scored, with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage

logger = logging.getLogger(__name__)


def make_rerank(parts: Parts) -> Node:
    async def rerank(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        retrieved = state["retrieved"]
        notices = state["notices"]
        # A second look adds the next passages to those that were not enough.
        kept = state["evidence"] if state["widened"] else []
        rest = unseen(kept, retrieved)
        chosen = rest[: parts.limits.evidence_passages]
        if parts.reranker is not None and rest:
            try:
                chosen = await _reranked(parts, rest, state["standalone"])
            except Exception as error:  # any reranker may be plugged in; the fused order is a fair answer
                logger.warning(
                    "the reranker failed; passages keep their first order", exc_info=redacted(error)
                )
                notices = [
                    *notices,
                    f"order of passages not refined: the reranker failed ({type(error).__name__})",
                ]
        evidence = [*kept, *chosen]
        asked = ask_context(runtime).gate
        alone = _default(asked, parts.limits.gate_extractive)
        by_model = any(not member.small for member in parts.chain(ask_context(runtime)))
        needed = _default(asked, parts.limits.gate_model) if by_model else alone
        score = None
        if parts.gate is not None and evidence:
            score = await parts.gate.ainvoke(AnswerRequest(state["standalone"], evidence))
        enough = bool(evidence) and (score is None or score >= needed)
        if state["absent"] and not by_model:
            # Whatever is near, it is about something else than what was named.
            enough = False
        assessment = {
            "score": score,
            "needed": needed,
            "needed_without_model": alone,
            # Of the score without a model: that of a chat model is always a setting.
            "rule": dict(parts.limits.gate_rule) if asked is None else {"by": "request"},
            "enough": enough,
            "widened": state["widened"],
        }
        entry: dict[str, Any] = {**assessment, "evidence": scored(evidence)}
        # Ranked for the gate and the receipt. A model is shown what it was shown before in the same order.
        order = as_before(evidence, state.get("shown") or []) if by_model else evidence
        if order != evidence:
            entry["shown"] = [passage_id(one) for one in order]
        receipt = with_entry(state["receipt"], "rerankings", entry)
        return {
            "evidence": order,
            "shown": [passage_id(one) for one in order],
            "enough": enough,
            "assessment": assessment,
            "notices": notices,
            "receipt": receipt,
        }

    return rerank


def _default(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given


async def _reranked(parts: Parts, retrieved: list[EvidencePassage], query: str) -> list[EvidencePassage]:
    assert parts.reranker is not None
    ranked = await parts.reranker.acompress_documents([to_document(p) for p in retrieved], query)
    return [to_passage(document) for document in ranked]


def after_rerank(state: AnswerState) -> str:
    if state["enough"]:
        return "generate"
    return "abstain" if state["widened"] else "widen"
