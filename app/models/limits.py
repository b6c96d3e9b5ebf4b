"""The limits of the graph, as the settings and the gate have them."""

from __future__ import annotations

from app.gate.calibration import GateRule
from app.settings import Settings
from graphs.limits import CHARS_A_TOKEN, Limits


def limits_of(settings: Settings, gate: GateRule) -> Limits:
    """What ``settings`` allow, with the rule of ``gate``."""
    answer = settings.answer
    return Limits(
        top_k=settings.retrieval.top_k,
        evidence_passages=settings.retrieval.evidence_passages,
        gate_extractive=answer.gate_extractive,
        gate_model=answer.gate_model,
        gate_rule=gate.about,
        model_timeout_s=answer.model_timeout_s,
        model_attempts=answer.model_attempts,
        deadline_s=answer.deadline_s,
        max_tool_calls=answer.max_tool_calls,
        max_draft_chars=CHARS_A_TOKEN * answer.max_output_tokens,
    )
