"""Settings of budgets and of limits of requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from app.controls.redis_address import address_fault
from app.process.variables import ModelPrices
from graphs.limits import WhenSpent

_Usd = Annotated[float | None, Field(None, gt=0, le=1e7)]
_Tokens = Annotated[int | None, Field(None, ge=1, le=10**13)]
_Requests = Annotated[int | None, Field(None, ge=1, le=10**6)]


class BudgetSettings(BaseModel):
    """What model calls may cost. Nothing is bounded, and no ledger is written, where none is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request_usd: _Usd = Field(None, description="US dollars that one question may cost.")
    request_tokens: _Tokens = Field(None, description="Tokens that one question may take.")
    user_day_usd: _Usd = Field(None, description="US dollars that each user may spend in a day (UTC).")
    user_day_tokens: _Tokens = Field(None, description="Tokens that each user may take in a day (UTC).")
    user_month_usd: _Usd = Field(None, description="US dollars that each user may spend in a month (UTC).")
    user_month_tokens: _Tokens = Field(None, description="Tokens that each user may take in a month (UTC).")
    key_day_usd: _Usd = Field(None, description="US dollars that may be spent by each key in a day (UTC).")
    key_day_tokens: _Tokens = Field(None, description="Tokens that may be taken by each key in a day (UTC).")
    key_month_usd: _Usd = Field(None, description="US dollars that may be spent by each key in a month.")
    key_month_tokens: _Tokens = Field(None, description="Tokens that may be taken by each key in a month.")
    tenant_day_usd: _Usd = Field(None, description="US dollars that all may spend together in a day (UTC).")
    tenant_day_tokens: _Tokens = Field(None, description="Tokens that all may take together in a day (UTC).")
    tenant_month_usd: _Usd = Field(None, description="US dollars that all may spend together in a month.")
    tenant_month_tokens: _Tokens = Field(None, description="Tokens that all may take together in a month.")
    when_spent: WhenSpent = Field(
        "refuse",
        description="refuse: no answer, code budget-exceeded. extractive: an answer without a model, "
        "labelled.",
    )
    shadow: bool = Field(
        False, description="Count, and say what would have been refused, but refuse nothing."
    )
    unknown_usd_per_mtok: float = Field(
        100.0,
        gt=0,
        le=10_000,
        description="US dollars for a million tokens, read or written, of a model whose price is not known.",
    )
    prices: ModelPrices = Field(
        default_factory=dict,
        description="Prices of models that nobody else knows, or that are other for you: US dollars for a "
        "million tokens read/written, e.g. llama3.3:70b=0.20/0.60; my-own=0/0.",
    )
    keep_days: int = Field(
        400, ge=62, le=36_500, description="Days after which the ledger's calls and sums are deleted."
    )


class LimitSettings(BaseModel):
    """How many requests are taken. Nothing is bounded where none is set."""

    # The address may hold a password.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    user_per_minute: _Requests = Field(None, description="Requests a minute of each user.")
    key_per_minute: _Requests = Field(None, description="Requests a minute with each key.")
    tenant_per_minute: _Requests = Field(None, description="Requests a minute of all together.")
    user_at_once: _Requests = Field(None, description="Requests of each user that run at the same time.")
    key_at_once: _Requests = Field(None, description="Requests with each key that run at the same time.")
    tenant_at_once: _Requests = Field(None, description="Requests of all that run at the same time.")
    storage: SecretStr | None = Field(
        None,
        description="Redis that several processes share, e.g. redis://127.0.0.1:6379/0 (rediss:// with TLS): "
        "requests a minute, those at the same time and budgets are counted there. When empty: in this "
        "process, budgets in a file of the data folder.",
    )
    queue: int = Field(
        64, ge=0, le=100_000, description="Questions that may wait for a place; beyond, they are refused."
    )
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="Seconds that questions may go on when the server is told to end."
    )

    @field_validator("storage")
    @classmethod
    def _is_an_address(cls, storage: SecretStr | None) -> SecretStr | None:
        if storage is not None and (fault := address_fault(storage.get_secret_value())):
            raise ValueError(fault)
        return storage
