"""Runs made up for a test."""

from __future__ import annotations

from typing import Any

from evals.experiments.runfile import Header, Item, Run
from evals.metrics.table import METRICS


def header(**changed: Any) -> Header:
    """A header of a run that never was."""
    given: dict[str, Any] = {
        "run": "toy-extractive-1",
        "suite": "toy",
        "suite_version": 1,
        "dataset_sha256": "d" * 64,
        "corpus_sha256": "c" * 64,
        "documents": 3,
        "passages": 9,
        "items": 0,
        "stage": "answer",
        "preset": "extractive",
        "overrides": {},
        "settings": "s" * 16,
        "prompts": {"answer": "p" * 64},
        "models": [],
        "judges": {},
        "index_generation": 3,
        "embedder": "minilm",
        "commit": None,
        "dirty": None,
        "machine": {},
        "packages": {},
        "started": "2026-11-22T10:00:00+00:00",
        "finished": "2026-11-22T10:00:09+00:00",
        "wall_s": 9.0,
    }
    return Header(**{**given, **changed})


def item(name: str, right: bool = True, **changed: Any) -> Item:
    """An item that is right in everything, or wrong in everything."""
    answerable = changed.pop("answerable", True)
    value = float(right)
    metrics: dict[str, float | None] = dict.fromkeys(METRICS, value)
    metrics |= {key: 0.0 for key, metric in METRICS.items() if metric.zero}
    if answerable:
        metrics["abstained"] = None
    else:
        kept = ("correct", "abstained", "leaks", "invalid_citations", "fabricated_sources")
        metrics = {key: value if key in kept else None for key, value in metrics.items()}
    metrics |= changed.pop("metrics", {})
    given: dict[str, Any] = {
        "id": name,
        "kind": "single",
        "question": f"What of {name}?",
        "groups": [],
        "filters": {},
        "answerable": answerable,
        "documents": [f"doc-{name}"] if answerable else [],
        "reference": "That.",
        "gold": [],
        "status": "answered" if right == answerable else "abstained",
        "mode": None,
        "text": "That. [1]",
        "claims": [],
        "citations": [],
        "reason": "",
        "retrieved": [],
        "evidence": [],
        "score": 0.7 if right == answerable else 0.5,
        "needed": 0.62,
        "lost": ("cited" if right else "evidence") if answerable else "none",
        "ungated": right and answerable,
        "metrics": metrics,
        "judgements": {},
        "usage": {},
        "cost_usd": 0.0,
        "steps_ms": {"retrieve": 3.0},
        "latency_ms": 12.5,
        "notices": [],
        "fallbacks": [],
        "problem": None,
        "error": None,
    }
    return Item(**{**given, **changed})


def run(items: list[Item], **changed: Any) -> Run:
    """A run of these items."""
    return Run(header=header(items=len(items), **changed), items=items)


def toy(wrong: range | list[int] = range(0), n: int = 60, **changed: Any) -> Run:
    """A run of ``n`` items of which those numbered ``wrong`` are."""
    return run([item(f"q{number:03}", number not in wrong) for number in range(n)], **changed)
