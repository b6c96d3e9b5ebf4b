"""What a finished answer says of itself in numbers and in names of closed sets; no word of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERDICTS = ("verified", "partial", "unsupported")


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """Of one answer. ``ms``: of all its steps. ``usd``: None where the cost of a call is not known."""

    status: str
    mode: str
    problem: str
    ms: float
    input_tokens: int
    output_tokens: int
    usd: float | None
    verdicts: Mapping[str, int]
    """Of released sentences, and ``unsupported`` of those that were left out; all three are there."""
    guards: tuple[tuple[str, str, bool], ...]
    """(guard, what it did, whether it failed) of every run that was noted."""

    @property
    def withheld(self) -> bool:
        """Whether a guard masked or stopped something, or failed."""
        return any(fault or action not in ("allow", "log", "none") for _, action, fault in self.guards)


def facts_of(answer: Mapping[str, Any]) -> AnswerFacts:
    """The facts of an answer (``graphs.contracts.Answer``); of a receipt that was taken away, what is
    left."""
    receipt = answer.get("receipt") or {}
    usage = list(receipt.get("usage", {}).values())
    released = Counter(claim["verdict"] for claim in answer.get("claims", []))
    left_out = Counter(one["verdict"] for round_ in receipt.get("citings", []) for one in round_)
    verdicts = {**{name: released[name] for name in VERDICTS}, "unsupported": left_out["unsupported"]}
    return AnswerFacts(
        status=answer["status"],
        mode=answer.get("mode") or "",
        problem=(answer.get("problem") or {}).get("code", ""),
        ms=round(sum(float(step["ms"]) for step in receipt.get("steps", [])), 1),
        input_tokens=sum(int(one["input_tokens"]) for one in usage),
        output_tokens=sum(int(one["output_tokens"]) for one in usage),
        usd=receipt.get("cost", {"usd": 0.0})["usd"],
        verdicts=verdicts,
        guards=tuple(
            (run["guard"], run["action"], bool(run.get("fault")))
            for entry in receipt.get("guards", [])
            for run in entry.get("runs", [])
        ),
    )
