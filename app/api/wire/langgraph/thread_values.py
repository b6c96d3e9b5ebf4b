"""A conversation as LangGraph's clients read it: what was said and the last answer, no inner state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.types import StateSnapshot

from app.api.wire.langgraph.assistant_names import GRAPH
from app.api.wire.langgraph.messages import read_messages
from app.conversations.store import Conversation


def values_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """The graph's output of a state: never its evidence, drafts, labels or seals."""
    if not state.get("messages"):
        return {}
    found: dict[str, Any] = {"messages": read_messages(state["messages"])}
    return {**found, "answer": state["answer"]} if state.get("answer") else found


def thread_data(known: Conversation, values: Mapping[str, Any] | None, busy: bool) -> dict[str, Any]:
    """LangGraph's ``Thread``. ``values``: None where they were not asked for."""
    return {
        "thread_id": known.name,
        "created_at": known.begun_at,
        "updated_at": known.used_at,
        "state_updated_at": known.used_at,
        "metadata": {"graph_id": GRAPH},
        "status": "busy" if busy else "idle",
        "config": {"configurable": {}},
        "interrupts": {},
        **({} if values is None else {"values": values or None}),
    }


def thread_state(known: Conversation, state: StateSnapshot, busy: bool) -> dict[str, Any]:
    """LangGraph's ``ThreadState`` of where a conversation ends."""
    metadata = state.metadata or {}
    checkpoint = {
        "thread_id": known.name,
        "checkpoint_ns": "",
        "checkpoint_id": checkpoint_of(state),
        "checkpoint_map": None,
    }
    return {
        "values": values_of(state.values),
        # What is left undone where nothing goes on is never taken up again.
        "next": list(state.next or ("guard",)) if busy else [],
        "tasks": [],
        "interrupts": [],
        "metadata": {name: metadata[name] for name in ("source", "step") if name in metadata},
        "created_at": state.created_at or known.begun_at,
        "checkpoint": checkpoint,
        "parent_checkpoint": None,
        "checkpoint_id": checkpoint["checkpoint_id"],
        "parent_checkpoint_id": None,
    }


def checkpoint_of(state: StateSnapshot) -> str | None:
    """The id of where a conversation ends; None before its first turn."""
    id = state.config.get("configurable", {}).get("checkpoint_id")
    return None if id is None else str(id)
