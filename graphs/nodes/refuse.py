"""refuse: say why the question is not taken on."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.contracts import Answer, Problem
from graphs.nodes.answer_message import told_message
from graphs.nodes.conversation_owner import NOT_YOURS
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.state import AnswerState, AskContext


def make_refuse(parts: Parts) -> Node:
    async def refuse(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        problem = Problem.model_validate(state["refusal"])
        answer = Answer(status="refused", question=state["asked"], text=problem.message, problem=problem)
        update: AnswerState = {"answer": answer.model_dump()}
        if problem.code not in (NOT_YOURS, "identity-refused"):
            update["messages"] = [told_message(problem.message, state["receipt"])]
        return update

    return refuse
