"""Build the answer graph from your own parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from inspect import signature
from typing import Any, NoReturn, ParamSpec, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graphs.calling.run_tool import most_seconds
from graphs.drafting.read import ANSWER_TOOL
from graphs.nodes.abstain import make_abstain
from graphs.nodes.call_tool import after_tool, make_call_tool
from graphs.nodes.cite import after_cite, make_cite
from graphs.nodes.contextualize import after_contextualize, make_contextualize
from graphs.nodes.fail import make_fail
from graphs.nodes.generate import after_generate, make_generate
from graphs.nodes.guard import after_guard, make_guard
from graphs.nodes.node import Node, step_of
from graphs.nodes.refuse import make_refuse
from graphs.nodes.release import make_release
from graphs.nodes.rerank import after_rerank, make_rerank
from graphs.nodes.retrieve import make_retrieve
from graphs.nodes.widen import make_widen
from graphs.parts import Parts
from graphs.state import AnswerInput, AnswerOutput, AnswerState, AskContext
from tools.policy.decide import rule_of_two
from tools.policy.declaration import KEY, declaration_of

_NODES: Mapping[str, Callable[[Parts], Node]] = {
    "guard": make_guard,
    "contextualize": make_contextualize,
    "retrieve": make_retrieve,
    "rerank": make_rerank,
    "widen": make_widen,
    "generate": make_generate,
    "cite": make_cite,
    "release": make_release,
    "refuse": make_refuse,
    "abstain": make_abstain,
}

_DRAFTING = ("contextualize", "generate", "cite")
"""Nodes that ask a chain of models."""

NAMES_IN_USE = frozenset({*_NODES, ANSWER_TOOL})
"""What no tool may be called."""

AnswerGraph = CompiledStateGraph[AnswerState, AskContext, AnswerInput, AnswerOutput]

P = ParamSpec("P")


class SynchronousCallError(TypeError):
    """``invoke`` or ``stream`` of a graph whose steps are asynchronous; the message says what to use."""


class _AsyncGraph(CompiledStateGraph[Any, Any, Any, Any]):
    """As compiled; LangGraph's own error would name a part of its own."""

    def stream(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raises ``SynchronousCallError``; ``invoke`` comes here too."""
        raise SynchronousCallError(
            "this graph is asynchronous: use ainvoke or astream; without an event loop, Pincite.ask or "
            "Pincite.stream, or asyncio.run(graph.ainvoke(...))"
        )


def answer_graph(parts: Parts) -> AnswerGraph:
    """The compiled graph: guard, contextualize, retrieve, rerank, widen, generate, tools, cite, release.

    Invoke with ``{"question": "…"}``; the answer is under ``"answer"``.

    Raises:
        ValueError: there is neither a model nor an extractor, or a tool has a name that is in use, declares
            what cannot be, or would let untrusted input, private data and an effect meet without a person.
    """
    if parts.extractor is None and not parts.chain_names:
        raise ValueError("the graph needs somebody to answer: give it a model or an extractor")
    compiled = _wire(parts).compile(checkpointer=parts.checkpointer, name="pincite")
    # As LangGraph's own `copy` makes another of a graph.
    made = {name: value for name, value in vars(compiled).items() if name != "__orig_class__"}
    graph = cast(AnswerGraph, _AsyncGraph(**made))
    return graph.with_config(recursion_limit=parts.limits.recursion_limit)


def _by_keyword(make: Callable[P, Parts]) -> Callable[P, AnswerGraph]:
    """``answer_graph``, given the parts by keyword; their list and defaults stand in ``Parts`` alone."""

    def build_answer_graph(*args: P.args, **kwargs: P.kwargs) -> AnswerGraph:
        """Build the answer graph from your own parts, by keyword: those of ``graphs.parts.Parts``.

        Only ``retriever`` and one of ``model``, ``chains`` and ``extractor`` are needed.

        Raises:
            ValueError: there is nobody to answer, or a tool has a name that is in use.
        """
        return answer_graph(make(*args, **kwargs))

    build_answer_graph.__signature__ = signature(make)  # type: ignore[attr-defined]
    return build_answer_graph


build_answer_graph = _by_keyword(Parts)


def _wire(parts: Parts) -> StateGraph[AnswerState, AskContext, AnswerInput, AnswerOutput]:
    graph = StateGraph(
        AnswerState, context_schema=AskContext, input_schema=AnswerInput, output_schema=AnswerOutput
    )
    step_s = parts.limits.step_timeout_s
    # Drafting may take every model of the chain its time; the deadline inside ends before this one.
    drafting_s = parts.limits.deadline_s + step_s

    def add(name: str, node: Node) -> None:
        # LangGraph's overloads know no node that takes runtime and config both, though it passes them.
        step: Any = step_of(name, node, parts)
        graph.add_node(name, step, timeout=drafting_s if name in _DRAFTING else step_s)

    handler: Any = make_fail(parts)
    graph.set_node_defaults(error_handler=handler)
    for name, make in _NODES.items():
        add(name, make(parts))
    # Only a model can call a tool.
    callable_tools = parts.tools if parts.chain_names else ()
    tools = [tool.name for tool in callable_tools]
    for tool in callable_tools:
        if tool.name in graph.nodes or tool.name in NAMES_IN_USE:
            raise ValueError(f"a tool may not be called {tool.name!r}: the graph has that name in use")
        declaration = declaration_of(tool)
        if wrong := rule_of_two(tool.name, declaration):
            raise ValueError(wrong)
        step: Any = step_of(tool.name, make_call_tool(tool, parts), parts)
        # Each call ends in its own time; this is the end of whatever does not.
        graph.add_node(
            tool.name,
            step,
            timeout=step_s + most_seconds(declaration, parts.limits.max_tool_calls),
            metadata={KEY: asdict(declaration)},
        )

    graph.add_edge(START, "guard")
    graph.add_conditional_edges("guard", after_guard, ["refuse", "abstain", "contextualize"])
    graph.add_conditional_edges("contextualize", after_contextualize, ["retrieve", "cite", "refuse"])
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
