"""Settings of the chat model that runs in this process."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class LocalSettings(BaseModel):
    """A chat model in this process (PINCITE_MODEL=local)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threads: int = Field(0, ge=0, le=256, description="Threads it computes on; 0: one for each processor.")
    context_tokens: int = Field(
        4096, ge=1024, le=131_072, description="Tokens that prompt and answer may have together."
    )
    output_tokens: int = Field(256, ge=32, le=8192, description="Tokens it may write for one answer.")
