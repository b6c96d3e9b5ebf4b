"""What a router of model chains is told, and says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from graphs.calling.budget import Payer


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What a router is told. ``evidence_chars``: characters of the evidence."""

    question: str
    evidence_chars: int
    payer: Payer


Route = Callable[[RouteFacts], Awaitable[tuple[str, str]]]
"""-> the chain that drafts (the default's name is empty), and the rule that says so."""
