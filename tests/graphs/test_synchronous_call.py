"""A synchronous call of the graph says in one line what to use, also where it is a node of another graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph

from app.compose import Pincite
from graphs.answer import SynchronousCallError

QUESTION: Any = {"question": "How many volts does the Heron gateway need?"}


class Asked(TypedDict, total=False):
    question: str
    answer: dict[str, Any]


@pytest.mark.parametrize(
    "call", [lambda graph: graph.invoke(QUESTION), lambda graph: next(iter(graph.stream(QUESTION)))]
)
def test_a_synchronous_call_says_what_to_use(pincite: Pincite, call: Callable[[Any], Any]) -> None:
    with pytest.raises(
        SynchronousCallError, match=r"^this graph is asynchronous: use ainvoke or astream; .*$"
    ):
        call(pincite.graph)


@pytest.mark.anyio
async def test_as_a_node_of_another_graph_it_works_and_says_the_same(pincite: Pincite) -> None:
    outer: Any = StateGraph(Asked)
    outer.add_node("pincite", pincite.graph)
    outer.add_edge(START, "pincite")
    graph = outer.compile()
    assert "12 volts" in (await graph.ainvoke(QUESTION))["answer"]["text"]
    with pytest.raises(SynchronousCallError):
        graph.invoke(QUESTION)
