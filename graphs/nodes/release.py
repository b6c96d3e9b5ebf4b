"""release: the output guard. What leaves is checked sentence by sentence, then streamed."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation, create_text_block
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Answer, Citation, Claim, Problem
from graphs.judging import Sentence
from graphs.nodes.step import Node
from graphs.outlet import Outlet
from graphs.parts import Parts
from graphs.state import AnswerState, AskContext


def make_release(parts: Parts) -> Node:
    async def release(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        outlet = Outlet(parts, state)
        for data in state["claims"]:
            await outlet.let_out(Sentence(**data))
        notices = list(dict.fromkeys([*state["notices"], *outlet.notices]))
        claims = [Claim.model_validate(data) for data in outlet.claims]
        citations = [Citation.model_validate(data) for data in outlet.citations]
        answer = _answer(state, claims, citations, notices)
        return {
            "answer": answer.model_dump(),
            "messages": [_message(answer)],
            "released": outlet.claims,
            "citations": outlet.citations,
            "notices": answer.notices,
            "receipt": outlet.with_guards(state["receipt"]),
        }

    return release


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
