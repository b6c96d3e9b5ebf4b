"""When the evidence is enough: the part of the answer settings that is the gate's."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class GateSettings(BaseModel):
    """From which score an answer is given; either the score, or the share of wrong answers it allows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gate_extractive: float = Field(
        0.62, ge=0, le=2, description="Answerability score from which an extractive answer is given."
    )
    most_wrong: float | None = Field(
        None,
        ge=0.01,
        le=0.99,
        description="Share of the extractive answers that may be wrong, e.g. 0.2: the score from which one "
        "is given follows from a calibration, in place of the one above; unset: that one.",
    )
    calibration: str = Field(
        "marked",
        min_length=1,
        description="What wrong is judged by: a file that `pincite eval gate` made of your questions, or "
        "what is carried, of public ones: marked (the marked words) or shown (all that a reader sees).",
    )
    gate_model: float = Field(
        0.45, ge=0, le=2, description="Answerability score from which a chat model is asked at all."
    )
