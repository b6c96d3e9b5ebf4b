"""The budget and the ledger that settings name."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.controls.budgets.accounts import bounds_of
from app.controls.budgets.budget import LedgerBudget
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.sqlite_ledger import SqliteLedger
from app.controls.redis_server import redis_url
from app.models.prices import estimate_by
from app.settings import Settings

LEDGER = "ledger.sqlite"


def ledger_path(settings: Settings) -> Path:
    return settings.home / settings.tenant / LEDGER


def ledger_of(settings: Settings) -> Ledger:
    """The ledger of the settings' tenant, with the bounds they name; to be closed. Nothing is made yet, and
    nobody is contacted.

    Raises:
        SettingsError: the server that settings name cannot be one, or is not to be used with these bounds.
    """
    budgets, bounds = settings.budgets, bounds_of(settings.budgets)
    how: dict[str, Any] = {"shadow": budgets.shadow, "keep_days": budgets.keep_days}
    url = redis_url(settings.limits)
    if url is not None:
        from app.controls.budgets.redis_ledger import RedisLedger

        return RedisLedger(url, settings.tenant, bounds, **how)
    return SqliteLedger(ledger_path(settings), settings.tenant, bounds, **how)


def open_budget(settings: Settings, closing: ExitStack) -> LedgerBudget | None:
    """The budget of model calls, ended by ``closing``; None where settings bound nothing."""
    ledger = ledger_of(settings)
    if not ledger.bounds.any:
        return None
    budgets = settings.budgets
    budget = LedgerBudget(
        ledger, estimate_by(budgets.prices), budgets.when_spent, budgets.unknown_usd_per_mtok
    )
    closing.callback(budget.close)
    return budget
