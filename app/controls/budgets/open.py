"""The budget and the ledger that settings name."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from app.controls.budgets.accounts import bounds_of
from app.controls.budgets.budget import LedgerBudget
from app.controls.budgets.ledger import Ledger
from app.models.prices import estimate_of
from app.settings import Settings

LEDGER = "ledger.sqlite"


def ledger_path(settings: Settings) -> Path:
    return settings.home / settings.tenant / LEDGER


def ledger_of(settings: Settings) -> Ledger:
    """The ledger of the settings' tenant, with the bounds they name. No file is made yet."""
    budgets = settings.budgets
    return Ledger(
        ledger_path(settings),
        settings.tenant,
        bounds_of(budgets),
        shadow=budgets.shadow,
        keep_days=budgets.keep_days,
    )


def open_budget(settings: Settings, closing: ExitStack) -> LedgerBudget | None:
    """The budget of model calls, ended by ``closing``; None where settings bound nothing."""
    ledger = ledger_of(settings)
    if not ledger.bounds.any:
        return None
    budgets = settings.budgets
    budget = LedgerBudget(ledger, estimate_of, budgets.when_spent, budgets.unknown_usd_per_mtok)
    closing.callback(budget.close)
    return budget
