"""``pincite usage``: what model calls have cost in this day and month."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.controls.budgets.open import ledger_of
from app.controls.budgets.usage import AccountUsage, usage_of
from app.settings import Settings
from app.terminal.printable import one_line


def run_usage(settings: Settings, user: str | None, as_json: bool) -> int:
    """Print the accounts of this day and month, or those of one user, one line each."""
    ledger = ledger_of(settings)
    found = usage_of(ledger)
    if user is not None:
        found = [one for one in found if (one.of, one.who) == ("user", user)]
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("nothing was spent" if ledger.bounds.any else "nothing is counted: no budget is set")
    for one in found:
        print(one.of, one_line(one.who), one.window, _usd(one), _tokens(one), sep="\t")
    return 0


def _usd(one: AccountUsage) -> str:
    held = f" + {one.held_usd:.4f} held" if one.held_usd else ""
    return f"{one.spent_usd:.4f}{held}{'' if one.limit_usd is None else f' of {one.limit_usd:.2f}'} USD"


def _tokens(one: AccountUsage) -> str:
    held = f" + {one.held_tokens} held" if one.held_tokens else ""
    return f"{one.spent_tokens}{held}{'' if one.limit_tokens is None else f' of {one.limit_tokens}'} tokens"
