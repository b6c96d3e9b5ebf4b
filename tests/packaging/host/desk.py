"""A host's graph with Pincite as one of its nodes; `langgraph.json` serves it."""

from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

import app
from pincite.app.studio import graph as pincite


class Desk(TypedDict, total=False):
    question: str
    answer: dict[str, object]
    reply: str


def sign(state: Desk) -> Desk:
    whose: str = vars(app)["WHOSE"]  # the host's `app`, not ours
    return {"reply": f"{state['answer']['text']} - the {whose}"}


builder = StateGraph(Desk)
builder.add_node("pincite", pincite)
builder.add_node("sign", sign)
builder.add_edge(START, "pincite")
builder.add_edge("pincite", "sign")
builder.add_edge("sign", END)
graph = builder.compile()
