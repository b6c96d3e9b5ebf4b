"""One node a tool: run it for the model and take what it found into the evidence."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, ToolException
from langgraph.runtime import Runtime

from graphs.calling.redacted_error import redacted
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.passages import merge, to_passage
from graphs.receipts import scored, with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage

logger = logging.getLogger(__name__)

SCOPE_ARGUMENT = "scope"
"""A tool that declares an injected argument of this name is told who asks; the model never sees it."""


def make_call_tool(tool: BaseTool, parts: Parts) -> Node:
    scoped = _takes_scope(tool)

    async def call_tool(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        calls = [call for call in state["tool_calls"] if call["name"] == tool.name]
        rest = [call for call in state["tool_calls"] if call["name"] != tool.name]
        principal = parts.identify(runtime, config)
        scope = {"groups": list(principal.groups), "filters": state["narrowed"]}
        evidence = state["evidence"]
        receipt = state["receipt"]
        for call in calls:
            arguments = dict(call["args"])
            if scoped:
                arguments[SCOPE_ARGUMENT] = scope
            try:
                message = await tool.ainvoke(
                    {"type": "tool_call", "id": call["id"], "name": tool.name, "args": arguments}
                )
                if getattr(message, "status", "success") == "error":
                    raise ToolException(tool.name)
                found = _passages(tool.name, message)
                entry: dict[str, Any] = {"tool": tool.name, "args": call["args"], "found": scored(found)}
            except Exception as error:  # a tool is anybody's code; the model answers from what there is
                logger.warning(
                    "the tool %s failed; the model goes on without", tool.name, exc_info=redacted(error)
                )
                found, entry = [], {"tool": tool.name, "args": call["args"], "failed": type(error).__name__}
            evidence = merge(evidence, found)
            receipt = with_entry(receipt, "tools", entry)
        return {
            "evidence": evidence,
            "tool_calls": rest,
            "tool_rounds": state["tool_rounds"] + len(calls),
            "receipt": receipt,
        }

    return call_tool


def after_tool(state: AnswerState) -> str:
    """The next tool the model asked for, or back to generate."""
    return str(state["tool_calls"][0]["name"]) if state["tool_calls"] else "generate"


def _takes_scope(tool: BaseTool) -> bool:
    """Whether the tool has the argument and hides it from the model; one the model sees is the tool's own."""
    return SCOPE_ARGUMENT in _arguments(tool.args_schema) and SCOPE_ARGUMENT not in _arguments(
        tool.tool_call_schema
    )


def _arguments(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        return set(schema.get("properties", {}))
    return set(getattr(schema, "model_fields", {}))


def _passages(name: str, message: Any) -> list[EvidencePassage]:
    """Documents a tool hands over as its artifact; else its text, citable as a document of its own."""
    artifact = getattr(message, "artifact", None)
    if isinstance(artifact, list) and all(isinstance(item, Document) for item in artifact):
        return [to_passage(document) for document in artifact]
    text = str(getattr(message, "text", message)).strip()
    if not text:
        return []
    digest = hashlib.sha256(text.encode()).hexdigest()
    return [
        to_passage(Document(text, id=f"tool:{name}:{digest[:10]}", metadata={"title": f"Result of {name}"}))
    ]
