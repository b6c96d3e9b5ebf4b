"""How HTTP says that a budget refused: status and headers of an answer that failed for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from graphs.calling.budget import BudgetRefusedError, BudgetUnavailableError
from graphs.contracts import Answer

SPENT = 429
"""Too Many Requests: waiting helps, and ``Retry-After`` says how long."""

TOO_DEAR = 402
"""Payment Required: waiting does not help, so nobody is led to try again."""

UNAVAILABLE = 503
"""The ledger cannot be used."""


@dataclass(frozen=True, slots=True)
class RefusalStatus:
    """A status and the headers that go with it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


def refusal_status(answer: Answer) -> RefusalStatus | None:
    """The status of an answer that a budget refused; None of any other."""
    if answer.problem is None:
        return None
    if answer.problem.code == BudgetUnavailableError.code:
        return RefusalStatus(UNAVAILABLE)
    if answer.problem.code != BudgetRefusedError.code:
        return None
    seconds = (answer.receipt.get("budget") or {}).get("refused", {}).get("retry_after_s")
    if seconds is None:
        return RefusalStatus(TOO_DEAR)
    return RefusalStatus(SPENT, {"Retry-After": str(math.ceil(seconds))})
