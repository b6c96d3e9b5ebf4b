"""Settings of the log-in."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import NoDecode

from app.identity.caller import Role, roles_of
from app.process.variables import CommaList, NamedLists, comma_list


def _an_asker() -> list[Role]:
    return ["asker"]


class AuthSettings(BaseModel):
    """Who may call the service, and how they are known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    required: bool = Field(
        False,
        description="Refuse callers that show neither a key nor a token. Beyond loopback it must be true.",
    )
    anonymous_roles: Annotated[list[Role], NoDecode, BeforeValidator(comma_list)] = Field(
        default_factory=_an_asker,
        description="What callers without a key or token may do, where they are let in.",
    )
    session_hours: int = Field(
        12, ge=1, le=720, description="Hours after which who logged in on the pages logs in again."
    )
    issuer: str | None = Field(
        None, description="Login server whose tokens are accepted, as their `iss` has it (OIDC)."
    )
    audience: str | None = Field(None, description="What tokens must name as their `aud`.")
    jwks_url: str | None = Field(
        None, description="Where the login server's keys are; found by its OIDC document when empty."
    )
    algorithms: CommaList = Field(
        default_factory=lambda: ["RS256", "ES256", "PS256", "EdDSA"],
        description="Signatures that tokens may have, comma-separated; never a shared secret's (HS…).",
    )
    clock_skew_s: int = Field(60, ge=0, le=600, description="Seconds that clocks may differ.")
    jwks_age_s: int = Field(600, ge=10, le=86_400, description="Seconds the login server's keys are kept.")
    user_claim: str = Field("sub", description="Claim that names the user.")
    groups_claim: str = Field("groups", description="Claim that lists the user's groups.")
    tenant_claim: str = Field("", description="Claim that names the tenant; the server's own when empty.")
    role_groups: NamedLists = Field(
        default_factory=dict,
        description="Groups of tokens that have a role, e.g. operator=admins; contributor=editors,authors. "
        "Who has a token is an asker.",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer and not self.audience:
            raise ValueError("a login server needs an audience too: without one its tokens for others count")
        if any(name.upper().startswith("HS") or name.lower() == "none" for name in self.algorithms):
            raise ValueError("algorithms: only those with a public key")
        roles_of(self.role_groups)
        return self
