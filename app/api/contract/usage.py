"""What was spent and what is left."""

from __future__ import annotations

from pydantic import BaseModel, Field


class UsageItem(BaseModel):
    """An account in this day or month. Amounts in US dollars and tokens; bounds are null where nothing
    bounds."""

    of: str = Field(description="user, key or tenant")
    who: str
    per: str = Field(description="day or month, in UTC")
    window: str
    spent_usd: float
    spent_tokens: int
    held_usd: float = Field(description="Reserved for calls that go on.")
    held_tokens: int
    limit_usd: float | None
    limit_tokens: int | None
    remaining_usd: float | None
    remaining_tokens: int | None
    resets_at: str
