"""What forgetting did: what went where, what stays and why, what cannot be proven, and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.forgetting.proof import Proof

Kind = Literal["document", "user", "thread"]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many things went from a place; ``what`` they are."""

    place: str
    count: int
    what: str


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """``stays``: what is kept, and why. ``unproven``: what was asked for and cannot be looked into."""

    kind: Kind
    name: str
    removed: Sequence[Removed]
    proof: Proof
    stays: Sequence[str] = ()
    unproven: Sequence[str] = field(default=())

    @property
    def done(self) -> bool:
        """Whether the proof holds."""
        return self.proof.holds
