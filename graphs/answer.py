"""Build the answer graph from your own parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graphs.calling.breaker import Breakers
from graphs.calling.chains import Chain, ChainModel, chain_of
from graphs.drafting.read import ANSWER_TOOL
from graphs.nodes.call_tool import after_tool, make_call_tool
from graphs.nodes.cite import after_cite, make_cite
from graphs.nodes.contextualize import after_contextualize, make_contextualize
from graphs.nodes.ends import fail, make_abstain, make_refuse
from graphs.nodes.generate import after_generate, make_generate
from graphs.nodes.guard import after_guard, make_guard
from graphs.nodes.release import make_release
from graphs.nodes.rerank import after_rerank, make_rerank
from graphs.nodes.retrieve import make_retrieve, make_widen
from graphs.nodes.step import Node, timed
from graphs.parts import (
    Entailment,
    Extractor,
    FindFilters,
    Gate,
    GuardCheck,
    Identify,
    Limits,
    Memory,
    Parts,
    Price,
    context_principal,
)
from graphs.state import AnswerInput, AnswerOutput, AnswerState, AskContext
from prompts.load import Prompt

NAMES_IN_USE = frozenset(
    "guard contextualize retrieve rerank widen generate cite release refuse abstain".split()
) | {ANSWER_TOOL}
"""What no tool may be called."""

AnswerGraph = CompiledStateGraph[AnswerState, AskContext, AnswerInput, AnswerOutput]


def build_answer_graph(
    *,
    retriever: BaseRetriever,
    model: BaseChatModel | ChainModel | None = None,
    fallback_models: Sequence[BaseChatModel | ChainModel] = (),
    chains: Mapping[str, Sequence[BaseChatModel | ChainModel]] | None = None,
    breakers: Breakers | None = None,
    price: Price | None = None,
    answer_prompt: Prompt | None = None,
    extractor: Extractor | None = None,
    sentences: Extractor | None = None,
    reranker: BaseDocumentCompressor | None = None,
    gate: Gate | None = None,
    entailment: Entailment | None = None,
    memory: Memory | None = None,
    tools: Sequence[BaseTool] = (),
    check_question: GuardCheck | None = None,
    check_answer: GuardCheck | None = None,
    find_filters: FindFilters | None = None,
    stored_text: Callable[[str, str], str | None] | None = None,
    page_at: Callable[[str, str, int], int | None] | None = None,
    rects_at: Callable[[str, str, int, int], list[tuple[int, float, float, float, float]]] | None = None,
    identify: Identify = context_principal,
    limits: Limits | None = None,
    about: Mapping[str, Any] | None = None,
    index_generation: Callable[[], int] | None = None,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AnswerGraph:
    """The compiled graph: guard, contextualize, retrieve, rerank, widen, generate, tools, cite, release.

    Only ``retriever`` and one of ``model``, ``chains`` and ``extractor`` are needed. ``model`` and then
    ``fallback_models`` are the default chain; a run's context may name another of ``chains``. A retriever
    that declares ``groups``, ``filters`` and ``k`` is told who asks; one that does not is asked with the
    question alone. Invoke with ``{"question": "…"}``; the answer is under ``"answer"``.

    Raises:
        ValueError: there is neither a model nor an extractor, or a tool has a name that is in use.
    """
    named: dict[str, Chain] = {name: chain_of(models) for name, models in (chains or {}).items() if models}
    if model is not None:
        named[""] = chain_of([model, *fallback_models])
    if not named and extractor is None:
        raise ValueError("the graph needs somebody to answer: give it a model or an extractor")
    parts = Parts(
        retriever=retriever,
        reranker=reranker,
        chains=named,
        breakers=breakers or Breakers(clock=clock),
        price=price,
        answer_prompt=answer_prompt,
        extractor=extractor,
        sentences=sentences,
        gate=gate,
        entailment=entailment,
        memory=memory,
        tools=tools if named else (),
        check_question=check_question,
        check_answer=check_answer,
        find_filters=find_filters,
        stored_text=stored_text,
        page_at=page_at,
        rects_at=rects_at,
        identify=identify,
        limits=limits or Limits(),
        clock=clock,
        about=about or {},
        index_generation=index_generation,
    )
    return (
        _wire(parts)
        .compile(checkpointer=checkpointer, name="pincite")
        .with_config(recursion_limit=parts.limits.recursion_limit)
    )


def _wire(parts: Parts) -> StateGraph[AnswerState, AskContext, AnswerInput, AnswerOutput]:
    graph = StateGraph(
        AnswerState, context_schema=AskContext, input_schema=AnswerInput, output_schema=AnswerOutput
    )
    step_s = parts.limits.step_timeout_s
    # Drafting may take every model of the chain its time; the deadline inside ends before this one.
    drafting_s = parts.limits.deadline_s + step_s

    def add(name: str, node: Node, timeout_s: float = step_s) -> None:
        if name in graph.nodes or name == ANSWER_TOOL:
            raise ValueError(f"a tool may not be called {name!r}: the graph has that name in use")
        # LangGraph's overloads know no node that takes runtime and config both, though it passes them.
        step: Any = timed(name, node, parts.clock)
        graph.add_node(name, step, timeout=timeout_s)

    handler: Any = fail
    graph.set_node_defaults(error_handler=handler)
    add("guard", make_guard(parts))
    add("contextualize", make_contextualize(parts), drafting_s)
    add("retrieve", make_retrieve(parts))
    add("rerank", make_rerank(parts))
    add("widen", make_widen(parts))
    add("generate", make_generate(parts), drafting_s)
    add("cite", make_cite(parts))
    add("release", make_release(parts))
    add("refuse", make_refuse(parts))
    add("abstain", make_abstain(parts))
    tools = [tool.name for tool in parts.tools]
    for tool in parts.tools:
        add(tool.name, make_call_tool(tool, parts))

    graph.add_edge(START, "guard")
    graph.add_conditional_edges("guard", after_guard, ["refuse", "contextualize"])
    graph.add_conditional_edges("contextualize", after_contextualize, ["retrieve", "cite"])
    graph.add_edge("retrieve", "rerank")
    graph.add_conditional_edges("rerank", after_rerank, ["generate", "widen", "abstain"])
    graph.add_edge("widen", "retrieve")
    graph.add_conditional_edges("generate", after_generate, ["cite", "abstain", *tools])
    for name in tools:
        graph.add_conditional_edges(name, after_tool, ["generate", *tools])
    graph.add_conditional_edges("cite", after_cite, ["release", "generate", "abstain"])
    for end in ("release", "refuse", "abstain"):
        graph.add_edge(end, END)
    return graph
