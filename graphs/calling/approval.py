"""Ask a person about calls of a tool: LangGraph's interrupt, in the form of LangChain's agents.

``HITLRequest`` and ``HITLResponse`` of ``langchain.agents.middleware`` are what chat interfaces know how to
show; the module itself is not imported, since it takes all of its agents along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.types import interrupt

Verdict = Literal["approve", "edit", "reject"]

_CHECKPOINTER = "__pregel_checkpointer"
"""LangGraph's own key for the checkpointer of a run."""

UNREADABLE = "what was decided could not be read"


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person decided about one call. ``args`` are theirs where they edited it."""

    verdict: Verdict
    args: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallToReview:
    """A call to ask about; ``why`` a person is asked, one clause."""

    args: Mapping[str, Any]
    why: str


def can_ask(config: RunnableConfig) -> bool:
    """Whether the run can wait for a person: without a checkpointer nobody could go on with it."""
    return (config.get("configurable") or {}).get(_CHECKPOINTER) is not None


def ask_person(tool: BaseTool, calls: Sequence[CallToReview]) -> list[Approval]:
    """Stop the run until somebody has decided about each call; then what they decided, in the same order.

    An answer that cannot be read rejects: what nobody clearly approved does not run.
    """
    return read_approvals(interrupt(_request(tool, calls)), tool.name, len(calls))


def read_approvals(given: Any, name: str, count: int) -> list[Approval]:
    """What a person sent: ``{"decisions": [...]}``, or the list itself, one entry a call.

    >>> read_approvals({"decisions": [{"type": "approve"}]}, "mail", 1)[0].verdict
    'approve'
    >>> [one.verdict for one in read_approvals("yes", "mail", 2)]
    ['reject', 'reject']
    """
    decisions = given.get("decisions") if isinstance(given, Mapping) else given
    if not isinstance(decisions, list | tuple) or len(decisions) != count:
        return [Approval("reject", why=UNREADABLE)] * count
    return [_read(one, name) for one in decisions]


def _read(one: Any, name: str) -> Approval:
    kind = one.get("type") if isinstance(one, Mapping) else None
    if kind == "approve":
        return Approval("approve")
    if kind == "reject":
        return Approval("reject", why=str(one.get("message") or ""))
    edited = one.get("edited_action") if kind == "edit" else None
    if isinstance(edited, Mapping) and edited.get("name", name) == name:
        args = edited.get("args")
        if isinstance(args, Mapping) and all(isinstance(key, str) for key in args):
            return Approval("edit", dict(args))
    return Approval("reject", why=UNREADABLE)


def _request(tool: BaseTool, calls: Sequence[CallToReview]) -> dict[str, Any]:
    return {
        "action_requests": [
            {
                "name": tool.name,
                "args": dict(call.args),
                "description": f"The model wants to call {tool.name}; {call.why}. Documents had a part in "
                "what it wrote: approve only what you would do yourself.",
            }
            for call in calls
        ],
        "review_configs": [{"action_name": tool.name, "allowed_decisions": ["approve", "edit", "reject"]}],
    }
