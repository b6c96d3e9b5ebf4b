"""One node a tool: decide whether a call goes ahead, run it, and take what it found into the evidence."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from graphs.calling.approval import CallToReview, ask_person, can_ask
from graphs.calling.redacted_error import redacted
from graphs.calling.run_tool import run_tool
from graphs.nodes.argument_labels import KEPT, TOOL, argument_labels, result_labels
from graphs.nodes.node import Node
from graphs.parts import Parts
from graphs.passages import merge, to_passage
from graphs.receipts import elapsed_ms, scored, with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage
from tools.policy.decide import Decision, decide
from tools.policy.declaration import ToolDeclaration, declaration_of
from tools.policy.labels import Labels, join_all, read_labels
from tools.scoped_search import RequestError

logger = logging.getLogger(__name__)

SCOPE_ARGUMENT = "scope"
"""A tool that declares an injected argument of this name is told who asks; the model never sees it."""

SHOWN_ARGUMENT = "shown"
"""One of this name is told what the model was shown: ``{"question": ..., "passages": [...]}``, in the order
of their numbers."""

ASKER_ARGUMENT = "asker"
"""One of this name is told who asks: ``{"user": ..., "groups": [...], "labels": {...}}``, the labels those of
its other arguments."""

INJECTED = (SCOPE_ARGUMENT, SHOWN_ARGUMENT, ASKER_ARGUMENT)

REASON_CHARS = 200
"""Of why a person rejected a call, as the answer and the model are told."""

NOBODY = "nobody was there to approve it"


@dataclass(frozen=True, slots=True)
class _Call:
    """A call the model asked for, and what was decided about it."""

    id: str
    args: Mapping[str, Any]
    decision: Decision
    by: str = ""
    """What a person did about it: approve or edit."""

    @property
    def runs(self) -> bool:
        return self.decision.action == "allow" or bool(self.by)


def make_call_tool(tool: BaseTool, parts: Parts) -> Node:
    declaration = declaration_of(tool)
    injected = _injected(tool)

    async def call_tool(
        state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
    ) -> AnswerState:
        principal = parts.identify(runtime, config)
        labels = await argument_labels(parts, state, principal.groups)
        # A person may be asked here, and the node begin anew: nothing before this has an effect.
        calls = _decided(tool, declaration, state, labels, config)
        scope = {"groups": list(principal.groups), "filters": state["narrowed"]}
        shown = {"question": state["asked"], "passages": state["evidence"]}
        asker = {"user": principal.user, "groups": list(principal.groups), "labels": labels.entry()}
        told = {SCOPE_ARGUMENT: scope, SHOWN_ARGUMENT: shown, ASKER_ARGUMENT: asker}
        evidence, receipt, said = state["evidence"], state["receipt"], read_labels(state["labels"])
        notices = list(state["notices"])
        for call in calls:
            entry: dict[str, Any] = {
                "tool": tool.name,
                "args": dict(call.args),
                "labels": labels.entry(),
                "decision": call.decision.action,
                "why": call.decision.why,
            }
            if call.by:
                entry |= {"by": principal.user, "did": call.by}
            if not call.runs:
                notices.append(f"The tool {tool.name} was not run: {call.decision.why}.")
                receipt = with_entry(receipt, "tools", {**entry, "found": []})
                continue
            at, begun = elapsed_ms(receipt, parts.now()), parts.clock()
            arguments = {**call.args, **{name: told[name] for name in injected}}
            try:
                found = _passages(tool.name, await run_tool(tool, declaration, call.id, arguments))
                entry["found"] = scored(found)
                of_it = result_labels(parts, declaration, labels, found, principal.groups)
                said = join_all([said, of_it])
                entry |= _kept(found, of_it)
            except Exception as error:  # a tool is anybody's code; the model answers from what there is
                found, entry["failed"] = [], type(error).__name__
                if isinstance(error, RequestError):
                    # Written for whoever asked: a model can mend its call by it.
                    entry["told"] = str(error)
                else:
                    why = redacted(error)
                    logger.warning("the tool %s failed; the model goes on without", tool.name, exc_info=why)
            evidence = merge(evidence, found)
            took = {"at": at, "ms": round((parts.clock() - begun) * 1000, 1)}
            receipt = with_entry(receipt, "tools", {**entry, **took})
        return {
            "evidence": evidence,
            "tool_calls": [call for call in state["tool_calls"] if call["name"] != tool.name],
            "tool_rounds": state["tool_rounds"] + len(calls),
            "labels": said.entry(),
            "notices": list(dict.fromkeys(notices)),
            "receipt": receipt,
        }

    return call_tool


def after_tool(state: AnswerState) -> str:
    """The next tool the model asked for, or back to generate."""
    return str(state["tool_calls"][0]["name"]) if state["tool_calls"] else "generate"


def _decided(
    tool: BaseTool,
    declaration: ToolDeclaration,
    state: AnswerState,
    labels: Labels,
    config: RunnableConfig,
) -> list[_Call]:
    """The calls of this tool; a person is asked once about all those they must see."""
    calls = [
        _Call(str(call["id"]), call["args"], decide(declaration, call["args"], labels))
        for call in state["tool_calls"]
        if call["name"] == tool.name
    ]
    waiting = [at for at, call in enumerate(calls) if call.decision.action == "ask"]
    if not waiting:
        return calls
    if not can_ask(config):
        denied = Decision("deny", NOBODY)
        return [replace(call, decision=denied) if at in waiting else call for at, call in enumerate(calls)]
    asked = [CallToReview(calls[at].args, calls[at].decision.why) for at in waiting]
    for at, approval in zip(waiting, ask_person(tool, asked), strict=True):
        call = calls[at]
        if approval.verdict == "reject":
            said = " ".join(approval.why.split())[:REASON_CHARS]
            why = f"it was rejected{f' ({said})' if said else ''}"
            calls[at] = replace(call, decision=Decision("deny", why))
        elif approval.verdict == "approve":
            calls[at] = replace(call, by="approve")
        else:
            # A person wrote these; what they may not be made from stays what it was.
            again = decide(declaration, approval.args, replace(labels, integrity="trusted"))
            done = again if again.action == "deny" else call.decision
            by = "" if again.action == "deny" else "edit"
            calls[at] = replace(call, args=approval.args, decision=done, by=by)
    return calls


def _kept(found: list[EvidencePassage], labels: Labels) -> dict[str, Any]:
    """Of a text that no store keeps: all of it, and who may know it."""
    texts = [
        {"doc_id": one["doc_id"], "version": one["version"], "text": one["text"], **_ifc(one)}
        for one in found
        if one["doc_id"].startswith(TOOL) and (one.get("metadata") or {}).get(KEPT) is True
    ]
    return {"said": texts, "result_labels": labels.entry()} if texts else {}


def _ifc(one: EvidencePassage) -> dict[str, Any]:
    found = (one.get("metadata") or {}).get("ifc")
    return {"ifc": found} if found else {}


def _injected(tool: BaseTool) -> list[str]:
    """Which of ours the tool takes and hides from the model; one the model sees is the tool's own."""
    takes, seen = _arguments(tool.args_schema), _arguments(tool.tool_call_schema)
    return [name for name in INJECTED if name in takes and name not in seen]


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
        to_passage(Document(text, id=f"{TOOL}{name}:{digest[:10]}", metadata={"title": f"Result of {name}"}))
    ]
