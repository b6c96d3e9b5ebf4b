"""``pincite usage``: what model calls have cost in this day and month."""

from __future__ import annotations

import sys
from contextlib import closing

from app.controls.budgets.open import ledger_of
from app.controls.budgets.usage import usage_of
from app.models.unpriced import unpriced_told
from app.settings import Settings
from app.terminal.record_text import print_usage


def run_usage(settings: Settings, user: str | None, as_json: bool) -> int:
    """Print the accounts of this day and month, or those of one user, one line each."""
    with closing(ledger_of(settings)) as ledger:
        found = usage_of(ledger)
    if user is not None:
        found = [one for one in found if (one.of, one.who) == ("user", user)]
    nothing = "nothing was spent" if ledger.bounds.any else "nothing is counted: no budget is set"
    if (told := unpriced_told(settings)) and ledger.bounds.any:
        print(f"note: {told}", file=sys.stderr)
    return print_usage(found, nothing, as_json)
