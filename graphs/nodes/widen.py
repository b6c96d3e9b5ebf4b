"""widen: look once more, at more passages and without what the question was taken to narrow."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.state import AnswerState, AskContext


def make_widen(parts: Parts) -> Node:
    async def widen(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        return {"widened": True}

    return widen
