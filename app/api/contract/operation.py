"""Whether the service works."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """The process answers; from how much."""

    status: Literal["ok"] = "ok"
    passages: int
    generation: int


class ReadyCheck(BaseModel):
    """One thing that must work. ``what_to_do`` where it does not."""

    name: str
    ok: bool
    why: str = ""
    what_to_do: str = ""


class Ready(BaseModel):
    """Whether questions can be answered well; 503 where not."""

    status: Literal["ok", "not-ready"]
    checks: list[ReadyCheck] = Field(default_factory=list)
