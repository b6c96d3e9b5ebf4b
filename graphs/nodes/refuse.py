"""refuse: say why the question is not taken on."""

from __future__ import annotations

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Answer, Problem
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.state import AnswerState, AskContext


def make_refuse(parts: Parts) -> Node:
    async def refuse(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        problem = Problem.model_validate(state["refusal"])
        answer = Answer(status="refused", question=state["asked"], text=problem.message, problem=problem)
        return {"answer": answer.model_dump(), "messages": [AIMessage(problem.message)]}

    return refuse
