"""Bounds of one run, and the one place where their defaults are written: settings take theirs from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

OUTPUT_TOKENS = 1024
"""Tokens a model may write for one answer."""

CHARS_A_TOKEN = 8
"""More than any language has: a model that writes more than its tokens could say does not heed its bound."""


DRAFTS = 2
"""A draft that lost its point is asked for once more, no oftener."""


WhenSpent = Literal["refuse", "extractive"]
"""What a budget that is spent leaves: a failed answer, or one without a model."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run: seconds, counts, and the scores evidence must reach.

    Scores are the gate's own: 0 asks nothing of them, and an application with a gate says what is enough on
    its scale. ``gate_rule``: what receipts say about where ``gate_extractive`` is from.
    """

    top_k: int = 20
    evidence_passages: int = 6
    gate_extractive: float = 0.0
    gate_model: float = 0.0
    gate_rule: Mapping[str, Any] = field(default_factory=lambda: {"by": "setting"})
    model_timeout_s: float = 20.0
    model_attempts: int = 2
    deadline_s: float = 45.0
    step_timeout_s: float = 30.0
    max_tool_calls: int = 4
    max_draft_chars: int = CHARS_A_TOKEN * OUTPUT_TOKENS
    entailed: float = 0.7
    not_entailed: float = 0.3
    recursion_limit: int = 40
