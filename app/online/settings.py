"""What is looked at while questions are answered, and how closely."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class OnlineSettings(BaseModel):
    """Checks of kept answers, made after they left. Nothing is done where answers are not kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checks: bool = Field(True, description="Check every kept answer, a moment after it left.")
    share: float = Field(
        0.05,
        gt=0,
        le=1,
        description="Share of the answers without fault that `pincite eval online` has judged; those with "
        "one all are.",
    )
    seed: str = Field("pincite", min_length=1, max_length=64, description="Names the draw of that share.")
    group: int = Field(
        100, ge=20, le=10_000, description="Answers whose rates are held to their control limits together."
    )
    window: int = Field(
        250, ge=50, le=10_000, description="Newest answers whose questions are compared with the baseline."
    )
