"""Ledgers and budgets for tests: a clock that is set, one price for all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.controls.budgets.accounts import bounds_of
from app.controls.budgets.budget import Estimate, LedgerBudget
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.sqlite_ledger import SqliteLedger
from app.controls.settings import BudgetSettings
from graphs.calling.budget import Payer, PlannedCall
from graphs.limits import WhenSpent
from graphs.parts import PriceQuote

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ANN = Payer("r1", "ann", "key-1")


@dataclass
class SetClock:
    """A clock that goes when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def call(payer: Payer = ANN, tokens: int = 100, model: str = "m", seconds: float = 20) -> PlannedCall:
    return PlannedCall(payer, "generate", model, "openai", tokens - tokens // 2, tokens // 2, seconds)


def ledger(folder: Path, clock: Any = None, **bounds: Any) -> SqliteLedger:
    """A ledger with bounds as ``BudgetSettings`` has them."""
    settings = BudgetSettings(**bounds)
    return SqliteLedger(
        folder / "ledger.sqlite",
        "default",
        bounds_of(settings),
        shadow=settings.shadow,
        keep_days=settings.keep_days,
        now=clock or SetClock(),
    )


def cent_a_token(_model: str, _where: str, read: int, written: int) -> PriceQuote:
    return PriceQuote((read + written) / 100, "test")


def budget(kept: Ledger, estimate: Estimate = cent_a_token, when_spent: WhenSpent = "refuse") -> LedgerBudget:
    return LedgerBudget(kept, estimate, when_spent, unknown_usd_per_mtok=100.0)


def rows(folder: Path, query: str = "SELECT state, reserved_nano, spent_nano FROM calls") -> list[Any]:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        return connection.execute(query).fetchall()


def checked_sums(folder: Path) -> None:
    """Every sum is that of its calls, to the billionth."""
    for owner, column in (("user", "user"), ("key", "key"), ("tenant", "tenant")):
        for span, length in (("day", 10), ("month", 7)):
            days = f"substr(strftime('%Y-%m-%d', at / 1000, 'unixepoch'), 1, {length})"
            known = rows(
                folder,
                f"SELECT {column}, {days}, sum(spent_nano), sum(spent_tokens),"  # noqa: S608
                " sum(iif(state = 'open', reserved_nano, 0)), sum(iif(state = 'open', reserved_tokens, 0))"
                f" FROM calls WHERE {column} != '' GROUP BY 1, 2",
            )
            kept = rows(
                folder,
                "SELECT who, time_window, spent_nano, spent_tokens, held_nano, held_tokens FROM sums"  # noqa: S608
                f" WHERE owner = '{owner}' AND span = '{span}'",
            )
            assert sorted(kept) == sorted(known)
