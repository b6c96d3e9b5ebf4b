"""Pincite as one node of a graph of your own. A ``langgraph.json`` may point at ``graph`` here.

langgraph dev --config examples/langgraph.json
python examples/subgraph.py "How long is the warranty of a gateway?"
"""

import asyncio
import sys

from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from pincite.app.studio import graph as pincite


class Desk(TypedDict, total=False):
    """A help desk's state; ``question`` and ``answer`` are shared with Pincite."""

    question: str
    answer: dict[str, object]
    reply: str


def greet(state: Desk) -> Desk:
    """The desk's own words around the answer."""
    return {"reply": f"Hello! {state['answer']['text']}"}


builder = StateGraph(Desk)
builder.add_node("pincite", pincite)
builder.add_node("greet", greet)
builder.add_edge(START, "pincite")
builder.add_edge("pincite", "greet")
builder.add_edge("greet", END)
graph = builder.compile()

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f'usage: python {sys.argv[0]} "a question"')
    print(asyncio.run(graph.ainvoke({"question": sys.argv[1]}))["reply"])
