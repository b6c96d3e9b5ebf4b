"""retrieve and widen: fetch passages in the scope of who is asking."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.nodes.step import Node
from graphs.parts import Parts, ask_context
from graphs.passages import to_passage
from graphs.receipts import scored, with_entry
from graphs.state import AnswerState, AskContext
from tools.scoped_search import scoped_search

WIDER = 3
"""A second search looks at this many times the passages of the first."""


def make_retrieve(parts: Parts) -> Node:
    async def retrieve(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        query = state["standalone"]
        principal = parts.identify(runtime, config)
        top_k = ask_context(runtime).top_k or parts.limits.top_k
        k = top_k * WIDER if state["widened"] else top_k
        documents = await scoped_search(
            parts.retriever, query, groups=principal.groups, filters=state["narrowed"], k=k
        )
        passages = [to_passage(document) for document in documents]
        degraded = {str(d.metadata["degraded"]) for d in documents if d.metadata.get("degraded")}
        entry = {"query": query, "k": k, "found": scored(passages), "degraded": sorted(degraded)}
        return {
            "retrieved": passages,
            "searched": [*state["searched"], query],
            "notices": list(dict.fromkeys([*state["notices"], *sorted(degraded)])),
            "receipt": with_entry(state["receipt"], "retrievals", entry),
        }

    return retrieve


def make_widen(parts: Parts) -> Node:
    async def widen(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        # The question as it was typed may find what its rewritten form lost, and more passages are looked at.
        return {"widened": True, "standalone": state["standalone"]}

    return widen
