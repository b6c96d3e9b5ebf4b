"""The accounts a call is charged to, and what each may spend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.controls.budgets.money import nano
from app.controls.settings import BudgetSettings
from graphs.calling.budget import Payer

Of = Literal["user", "key", "tenant"]
Per = Literal["day", "month"]

OWNERS: tuple[Of, ...] = ("user", "key", "tenant")
SPANS: tuple[Per, ...] = ("day", "month")


@dataclass(frozen=True, slots=True)
class Cost:
    """Billionths of a US dollar, and tokens; of a bound, None where there is none."""

    nano: int | None
    tokens: int | None

    @property
    def bounds(self) -> bool:
        return self.nano is not None or self.tokens is not None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose spending of which day or month: ``window`` as in 2026-11-29, 2026-11."""

    of: Of
    who: str
    per: Per
    window: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be spent: by one request, and by each owner in each span."""

    request: Cost
    of_account: Mapping[tuple[Of, Per], Cost]

    @property
    def any(self) -> bool:
        return self.request.bounds or any(amount.bounds for amount in self.of_account.values())


def bounds_of(settings: BudgetSettings) -> Bounds:
    """The bounds that settings name."""
    given = settings.model_dump()

    def amount(name: str) -> Cost:
        usd = given[f"{name}_usd"]
        return Cost(None if usd is None else nano(usd), given[f"{name}_tokens"])

    return Bounds(amount("request"), {(of, per): amount(f"{of}_{per}") for of in OWNERS for per in SPANS})


def window_at(per: Per, at: datetime) -> str:
    """The day or month (UTC) of a moment."""
    return at.astimezone(UTC).strftime("%Y-%m-%d" if per == "day" else "%Y-%m")


def ends_at(per: Per, at: datetime) -> datetime:
    """When the day or month (UTC) of a moment is over.

    >>> ends_at("month", datetime(2026, 12, 31, 23, tzinfo=UTC)).isoformat()
    '2027-01-01T00:00:00+00:00'
    """
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if per == "day":
        return day + timedelta(days=1)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def accounts_of(payer: Payer, tenant: str, at: datetime) -> Iterator[Account]:
    """The accounts that pay for a call at a moment. Who shows no key has none of a key."""
    owners: dict[Of, str] = {"user": payer.user, "key": payer.key, "tenant": tenant}
    for of, who in owners.items():
        if of == "key" and not who:
            continue
        for per in SPANS:
            yield Account(of, who, per, window_at(per, at))
