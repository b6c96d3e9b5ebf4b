"""Keys, who calls, and what was changed by whom."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RoleName = Literal["asker", "contributor", "reviewer", "operator"]


class KeyRequest(BaseModel):
    """A key that is to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="What it is for.")
    user: str = Field(min_length=1, max_length=200, description="Whose it is; their answers and threads.")
    groups: list[str] = Field(default_factory=list, max_length=100)
    roles: list[RoleName] = Field(["asker"], min_length=1, max_length=4)
    days: int = Field(90, ge=1, le=3650, description="Days from now that it is valid.")


class RotateRequest(BaseModel):
    """A key is replaced; the old one goes on for some hours."""

    model_config = ConfigDict(extra="forbid")

    grace_hours: int = Field(24, ge=0, le=2160)
    days: int = Field(90, ge=1, le=3650)


class KeyItem(BaseModel):
    """A key without its secret. Times are ISO times in UTC, empty: never; ``used_on`` is a day."""

    id: str
    name: str
    user: str
    tenant: str
    groups: list[str]
    roles: list[RoleName]
    created_at: str
    expires_at: str
    revoked_at: str
    used_on: str


class KeyMade(BaseModel):
    """A key that was just made."""

    key: KeyItem
    secret: str = Field(description="The whole key, told this once.")


class WhoAmI(BaseModel):
    """Who calls, and what they may do."""

    user: str
    tenant: str
    groups: list[str]
    roles: list[RoleName]
    key: str
    by: Literal["nothing", "key", "token", "session"]


class AuditEntry(BaseModel):
    """What was changed, when and by whom; ``target`` names it."""

    at: str
    user: str
    key: str
    action: str
    target: str
    request_id: str
