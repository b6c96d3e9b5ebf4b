"""Pincite as one node of a graph of your own. A ``langgraph.json`` may point at ``graph`` here.

langgraph dev --config examples/langgraph.json
"""

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
