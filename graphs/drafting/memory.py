"""Drafts of questions that were asked before. What is remembered is cited and released like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.parts import Parts, ask_context
from graphs.receipts import with_values
from graphs.state import AnswerState, AskContext

_TOOK = ("model", "took")
"""Beside it: who wrote it, and what that took."""

_KEPT = ("draft", "evidence", "retrieved", "mode", "assessment", "enough", "searched")
"""What of the state makes up a draft."""


def asked_as(
    parts: Parts, state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
) -> dict[str, Any]:
    """All that this request may differ in from another; the groups are those of who asks, whatever the state
    says."""
    receipt = state["receipt"]
    return {
        "question": state["standalone"],
        "filters": state["narrowed"],
        "groups": sorted(set(parts.identify(runtime, config).groups)),
        "generation": receipt["index_generation"],
        "context": {k: v for k, v in asdict(ask_context(runtime)).items() if k not in ("user", "groups")},
    }


async def recalled(
    parts: Parts, state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
) -> AnswerState | None:
    """The state with a remembered draft, to be cited anew; with the receipt alone where there is none, and
    None where nothing is remembered."""
    if parts.memory is None or state["receipt"]["index_generation"] is None:
        return None
    asked = asked_as(parts, state, runtime, config)
    kept: Mapping[str, Any] | None = await asyncio.to_thread(parts.memory.get, asked)
    if kept is None or set(kept) != {*_KEPT, *_TOOK}:
        missed: AnswerState = {"receipt": with_values(state["receipt"], cache="miss")}
        return missed
    receipt = with_values(state["receipt"], cache="hit", model=kept["model"], saved=kept["took"])
    update: Any = {**{key: kept[key] for key in _KEPT}, "receipt": receipt}
    return update  # type: ignore[no-any-return]


async def remember(
    parts: Parts, state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig
) -> None:
    """Keep the draft of an answer that came at the first attempt from who was asked first."""
    receipt = state["receipt"]
    at_once = state["attempts"] == 1 and not state["failures"] and not state["tool_rounds"]
    plain = at_once and state["mode"] in ("model", "extractive") and not receipt.get("fallbacks")
    if parts.memory is None or not plain or not state["draft"] or receipt.get("cache") == "hit":
        return
    if receipt["index_generation"] is None:
        return
    known: Mapping[str, Any] = state
    value = {**{key: known[key] for key in _KEPT}, "model": receipt.get("model"), "took": _took(receipt)}
    await asyncio.to_thread(parts.memory.put, asked_as(parts, state, runtime, config), value)


def _took(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """What is spared where the draft is used again: milliseconds, tokens, US dollars (None: not known)."""
    usage = list(receipt.get("usage", {}).values())
    return {
        "ms": round(sum(float(step["ms"]) for step in receipt.get("steps", [])), 1),
        "input_tokens": sum(int(one["input_tokens"]) for one in usage),
        "output_tokens": sum(int(one["output_tokens"]) for one in usage),
        "usd": receipt.get("cost", {"usd": 0.0})["usd"],
    }
