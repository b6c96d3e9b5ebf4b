"""The receipt: what explains one answer, gathered node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs.parts import GuardResult
from graphs.passages import passage_id
from graphs.state import EvidencePassage

Receipt = dict[str, Any]


def with_entry(receipt: Mapping[str, Any] | None, key: str, entry: Any) -> Receipt:
    """The receipt with ``entry`` appended to the list under ``key``."""
    known = dict(receipt or {})
    return {**known, key: [*known.get(key, []), entry]}


def with_values(receipt: Mapping[str, Any] | None, **values: Any) -> Receipt:
    """The receipt with ``values`` set."""
    return {**(receipt or {}), **values}


def scored(passages: Sequence[EvidencePassage]) -> list[dict[str, Any]]:
    """Passages as a receipt lists them: where they stand and how they scored, without their words."""
    return [{"passage": passage_id(passage), "scores": passage["scores"]} for passage in passages]


def guard_entry(result: GuardResult) -> dict[str, Any]:
    """What a guard saw and did, as a receipt lists it."""
    return {"guard": result.guard, "verdict": result.verdict, "reasons": list(result.reasons)}


def add_usage(receipt: Mapping[str, Any] | None, model: str, usage: Mapping[str, Any] | None) -> Receipt:
    """Count the tokens of one model call; a model that reports none is counted as unknown, never as 0."""
    known = dict(receipt or {})
    per_model = dict(known.get("usage", {}))
    line = dict(
        per_model.get(model, {"calls": 0, "input_tokens": 0, "output_tokens": 0, "calls_without_usage": 0})
    )
    line["calls"] += 1
    if usage:
        line["input_tokens"] += int(usage.get("input_tokens", 0))
        line["output_tokens"] += int(usage.get("output_tokens", 0))
    else:
        line["calls_without_usage"] += 1
    return {**known, "usage": {**per_model, model: line}}
