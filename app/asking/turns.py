"""What was said in a conversation, as its state keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langgraph.types import StateSnapshot

from graphs.nodes.answer_message import ANSWER_ID


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """``answer_id`` names the stored answer that the assistant gave; empty in turns that an earlier version
    kept."""

    role: Literal["user", "assistant"]
    content: str
    answer_id: str = ""


def said_turns(state: StateSnapshot) -> list[SaidTurn]:
    """The turns of a conversation, oldest first."""
    return [
        SaidTurn(
            "user" if message.type == "human" else "assistant",
            message.text,
            str(message.response_metadata.get(ANSWER_ID, "")),
        )
        for message in state.values.get("messages", [])
        if message.type in ("human", "ai")
    ]
