"""The graph: Pincite, then the node. A ``langgraph.json`` may point at ``graph`` here."""

from langgraph.graph import END, START, StateGraph
from open_ticket import open_ticket
from state import DeskState

from pincite.app.studio import graph as pincite

graph = (
    StateGraph(DeskState)
    .add_node("pincite", pincite)
    .add_node("open_ticket", open_ticket)  # the node's own line
    .add_edge(START, "pincite")
    .add_edge("pincite", "open_ticket")
    .add_edge("open_ticket", END)
    .compile()
)
