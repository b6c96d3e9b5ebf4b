"""release: the output guard. What leaves is checked sentence by sentence, then streamed."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Answer, Citation, Claim, Problem
from graphs.nodes.step import Node, emit
from graphs.parts import Parts
from graphs.receipts import guard_entry, with_entry
from graphs.state import AnswerState, AskContext


def make_release(parts: Parts) -> Node:
    async def release(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        receipt = state["receipt"]
        notices = list(state["notices"])
        claims: list[Claim] = []
        for data in state["claims"]:
            if parts.check_answer is not None:
                result = await asyncio.to_thread(parts.check_answer, data["text"])
                receipt = with_entry(receipt, "guards", guard_entry(result))
                if result.verdict == "deny" or not result.text.strip():
                    notices.append(f"A sentence was withheld: {'; '.join(result.reasons)}.")
                    continue
                if result.verdict == "modify":
                    notices += [f"A sentence was changed: {reason}." for reason in result.reasons]
                data = {**data, "text": result.text}
            claims.append(Claim.model_validate(data))
        citations = _used(claims, [Citation.model_validate(data) for data in state["citations"]])
        answer = _answer(state, claims, citations, list(dict.fromkeys(notices)))
        for claim in answer.claims:
            cited = [c.model_dump() for c in answer.citations if c.number in claim.citations]
            emit({"type": "sentence", "claim": claim.model_dump(), "citations": cited})
        return {
            "answer": answer.model_dump(),
            "messages": [_message(answer)],
            "notices": answer.notices,
            "receipt": receipt,
        }

    return release


def _used(claims: list[Claim], citations: list[Citation]) -> list[Citation]:
    used = {number for claim in claims for number in claim.citations}
    return [citation for citation in citations if citation.number in used]


def _answer(state: AnswerState, claims: list[Claim], citations: list[Citation], notices: list[str]) -> Answer:
    if not claims:
        problem = Problem(code="withheld", message="Nothing of the answer passed the output guard.")
        return Answer(status="failed", question=state["asked"], text="", notices=notices, problem=problem)
    return Answer.model_validate(
        {
            "status": "answered",
            "mode": state["mode"],
            "question": state["asked"],
            "text": " ".join(f"{c.text} {''.join(f'[{n}]' for n in c.citations)}" for c in claims),
            "claims": claims,
            "citations": citations,
            "notices": notices,
        }
    )


def _message(answer: Answer) -> AIMessage:
    """The answer as LangChain's standard message: text blocks with citation annotations."""
    by_number = {citation.number: citation for citation in answer.citations}
    blocks: list[Any] = []
    for claim in answer.claims:
        annotations: list[Any] = [
            create_citation(
                url=by_number[number].uri,
                title=by_number[number].title,
                start_index=0,
                end_index=len(claim.text),
                cited_text=by_number[number].quote,
                doc_id=by_number[number].doc_id,
                version=by_number[number].version,
                source_start=by_number[number].start,
                source_end=by_number[number].end,
            )
            for number in claim.citations
        ]
        blocks.append(create_text_block(f"{claim.text} ", annotations=annotations))
    return AIMessage(content=blocks or answer.text)
