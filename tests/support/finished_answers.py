"""Finished answers with every part a receipt may have, for what reads them."""

from __future__ import annotations

import copy
from typing import Any

from graphs.contracts import Answer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

_RECEIPT: dict[str, Any] = {
    "settings": "0123456789abcdef",
    "tenant": "default",
    "id": "a1b2c3d4e5f60718",
    "asked_at": "2026-11-29T10:00:00+00:00",
    "trace": {"id": TRACE, "parent": "", "sampled": True},
    "question": "How many volts does the gateway need?",
    "user": "ann",
    "groups": ["hr"],
    "filters": {},
    "context": {"top_k": None, "extractive": False, "chain": "fast", "gate": None},
    "index_generation": 3,
    "guards": [
        {"guard": "secrets", "verdict": "modify",
         "runs": [{"guard": "secrets", "saw": "key", "action": "redact", "ms": 1.0, "policy": "closed"}]}
    ],
    "retrievals": [
        {"query": "volts of the gateway", "k": 20, "filters": {}, "found": [{}, {}], "degraded": [],
         "at": 10.0, "ms": 40.0}
    ],
    "rerankings": [{"score": 0.8, "needed": 0.45, "evidence": [{"passage": "a@b:0-9", "scores": {}}]}],
    "prompts": [{"name": "answer", "version": 4, "sha256": "ab" * 32}],
    "calls": [
        {"step": "generate", "model": "small", "provider": "openai", "served": "", "at": 71.0, "ms": 30.0,
         "outcome": "failed", "input_tokens": 0, "output_tokens": 0},
        {"step": "generate", "model": "large", "provider": "openai", "served": "large-2026", "at": 101.0,
         "ms": 90.0, "outcome": "answered", "input_tokens": 900, "output_tokens": 60},
    ],
    "usage": {
        "large": {"calls": 1, "input_tokens": 900, "output_tokens": 60, "calls_without_usage": 0}
    },
    "cost": {"usd": 0.0025, "unknown_models": [], "price_version": "prices 7"},
    "fallbacks": [{"step": "generate", "failed": "small", "why": "no connection"}],
    "tools": [
        {"tool": "compute", "args": {}, "decision": "allow", "why": "", "found": [], "at": 202.0, "ms": 5.0}
    ],
    "citings": [[{"sentence": 1, "verdict": "verified"}, {"sentence": 2, "verdict": "unsupported"}]],
    "model": "large",
    "cache": "miss",
    "sentence_after_ms": 150.0,
    "steps": [
        {"node": "guard", "at": 0.0, "ms": 10.0},
        {"node": "retrieve", "at": 10.0, "ms": 41.0},
        {"node": "rerank", "at": 51.0, "ms": 19.0},
        {"node": "generate", "at": 70.0, "ms": 130.0},
        {"node": "compute", "at": 201.0, "ms": 8.0},
        {"node": "release", "at": 210.0, "ms": 15.0},
    ],
}  # fmt: skip


def finished(status: str = "answered", **receipt: Any) -> dict[str, Any]:
    """An answer of this status, whose receipt has ``receipt`` in the place of what it has."""
    quote = "needs a supply of 12 volts"
    cited = {"number": 1, "doc_id": "gateway", "version": "cd" * 32, "start": 18, "end": 44, "quote": quote}
    answered = status == "answered"
    return Answer.model_validate(
        {
            "id": _RECEIPT["id"],
            "status": status,
            "question": _RECEIPT["question"],
            "text": "The gateway needs 12 volts. [1]" if answered else "",
            "mode": "fallback" if answered else None,
            "claims": [{"text": "The gateway needs 12 volts.", "verdict": "verified", "citations": [1]}]
            if answered
            else [],
            "citations": [cited] if answered else [],
            "receipt": copy.deepcopy({**_RECEIPT, **receipt}),
            "problem": {"code": "generate-failed", "message": "It failed."} if status == "failed" else None,
        }
    ).model_dump()
