"""The receipt: what explains one answer, gathered node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from graphs.parts import GuardResult, GuardRun
from graphs.passages import passage_id
from graphs.state import EvidencePassage

Receipt = dict[str, Any]


def with_entry(receipt: Mapping[str, Any] | None, key: str, entry: Any) -> Receipt:
    """The receipt with ``entry`` appended to the list under ``key``."""
    known = dict(receipt or {})
    return {**known, key: [*known.get(key, []), entry]}


def elapsed_ms(receipt: Mapping[str, Any] | None, now: datetime) -> float:
    """Milliseconds since the question was asked; 0 where the receipt does not say when that was."""
    asked = (receipt or {}).get("asked_at")
    if not asked:
        return 0.0
    return max(0.0, round((now - datetime.fromisoformat(asked)).total_seconds() * 1000, 1))


def with_values(receipt: Mapping[str, Any] | None, **values: Any) -> Receipt:
    """The receipt with ``values`` set."""
    return {**(receipt or {}), **values}


def scored(passages: Sequence[EvidencePassage]) -> list[dict[str, Any]]:
    """Passages as a receipt lists them: where they stand and how they scored, without their words."""
    return [{"passage": passage_id(passage), "scores": passage["scores"]} for passage in passages]


def guard_entry(result: GuardResult) -> dict[str, Any]:
    """What a guard saw and did, as a receipt lists it; ``runs`` has it guard by guard."""
    entry = {"guard": result.guard, "verdict": result.verdict, "reasons": list(result.reasons)}
    return {**entry, "runs": [run_entry(run) for run in result.runs]} if result.runs else entry


def run_entry(run: GuardRun) -> dict[str, Any]:
    """One guard's run; without ``fault`` where it had none."""
    return {name: value for name, value in asdict(run).items() if name != "fault" or value}


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


def add_cost(
    receipt: Mapping[str, Any] | None, model: str, usd: float | None, version: str | None
) -> Receipt:
    """Add what one call cost. One unknown makes the sum unknown: it is None from then on, never too small.

    >>> add_cost(add_cost(None, "a", 0.25, "prices 1"), "b", None, "prices 1")["cost"]
    {'usd': None, 'unknown_models': ['b'], 'price_version': 'prices 1'}
    """
    known = dict(receipt or {})
    cost = known.get("cost", {"usd": 0.0, "unknown_models": [], "price_version": None})
    unknown = [*cost["unknown_models"], *([model] if usd is None else [])]
    total = None if usd is None or cost["usd"] is None else round(cost["usd"] + usd, 9)
    return {
        **known,
        "cost": {
            "usd": total,
            "unknown_models": list(dict.fromkeys(unknown)),
            "price_version": version or cost["price_version"],
        },
    }


def add_prompt_cache(receipt: Mapping[str, Any] | None, read_tokens: int, usd: float | None) -> Receipt:
    """Add what a provider read from its cache of prompts, and what that saved: None from the first on of
    which it is not known. Writing to the cache is not counted against it: it is in the cost.

    >>> add_prompt_cache(add_prompt_cache(None, 1024, 0.25), 1024, None)["prompt_cache"]
    {'read_tokens': 2048, 'saved_usd': None}
    """
    known = dict(receipt or {})
    before = known.get("prompt_cache", {"read_tokens": 0, "saved_usd": 0.0})
    saved = None if usd is None or before["saved_usd"] is None else round(before["saved_usd"] + usd, 9)
    return {**known, "prompt_cache": {"read_tokens": before["read_tokens"] + read_tokens, "saved_usd": saved}}


MODEL_STEPS = ("contextualize", "generate", "cite")


def model_seconds(receipt: Mapping[str, Any]) -> float:
    """Seconds of the request's deadline for model calls that the steps so far have used."""
    steps = [step for step in receipt.get("steps", []) if step["node"] in MODEL_STEPS]
    return sum(float(step["ms"]) for step in steps) / 1000
