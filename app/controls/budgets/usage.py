"""What was spent and what is left, for receipts, headers, ``/v1/usage`` and ``pincite usage``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.controls.budgets.accounts import Bounds, Cost, ends_at
from app.controls.budgets.ledger import Ledger
from app.controls.budgets.money import dollars
from app.controls.budgets.sums import RequestSum, Sum
from graphs.calling.budget import Payer


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """An account in this day or month: US dollars and tokens spent, held for calls that go on, and left.

    Bounds and what is left are None where nothing bounds. ``resets_at``: an ISO time in UTC.
    """

    of: str
    who: str
    per: str
    window: str
    spent_usd: float
    spent_tokens: int
    held_usd: float
    held_tokens: int
    limit_usd: float | None
    limit_tokens: int | None
    remaining_usd: float | None
    remaining_tokens: int | None
    resets_at: str

    @property
    def bounded(self) -> bool:
        return self.limit_usd is not None or self.limit_tokens is not None


def usage_of(ledger: Ledger, payer: Payer | None = None) -> list[AccountUsage]:
    """What the accounts of ``payer`` have spent in this day and month, and have left; without one, all that
    spent anything. It reads a file: from a server, in a thread.

    Raises:
        LedgerError: the file cannot be used.
    """
    sums = ledger.all_sums() if payer is None else ledger.sums(ledger.accounts(payer))
    return list(account_usage(sums, ledger.bounds, ledger.now()))


def account_usage(sums: Iterable[Sum], bounds: Bounds, now: datetime) -> Iterator[AccountUsage]:
    """Sums of accounts beside their bounds."""
    for one in sums:
        bound = bounds.of_account[one.account.of, one.account.per]
        yield AccountUsage(
            of=one.account.of,
            who=one.account.who,
            per=one.account.per,
            window=one.account.window,
            spent_usd=dollars(one.spent_nano),
            spent_tokens=one.spent_tokens,
            held_usd=dollars(one.held_nano),
            held_tokens=one.held_tokens,
            limit_usd=None if bound.nano is None else dollars(bound.nano),
            limit_tokens=bound.tokens,
            remaining_usd=_dollars_left(bound, one),
            remaining_tokens=_tokens_left(bound, one),
            resets_at=ends_at(one.account.per, now).isoformat(),
        )


def request_usage(asked: RequestSum, bounds: Bounds) -> dict[str, Any]:
    """What the calls of one request came to, as its receipt has it."""
    left_usd, left_tokens = _dollars_left(bounds.request, asked), _tokens_left(bounds.request, asked)
    return {
        "calls": asked.calls,
        "reserved_usd": dollars(asked.reserved_nano),
        "reserved_tokens": asked.reserved_tokens,
        "settled_usd": dollars(asked.spent_nano),
        "settled_tokens": asked.spent_tokens,
        "held_usd": dollars(asked.held_nano),
        "over": asked.over,
        "request_remaining_usd": left_usd,
        "request_remaining_tokens": left_tokens,
    }


def budget_headers(receipt: Mapping[str, Any]) -> dict[str, str]:
    """The headers of a response, from the receipt of its answer: the least that any account has left, in US
    dollars and in tokens, and when the account that has it begins anew. None without budgets.

    >>> budget_headers({"budget": {"remaining": [
    ...     {"remaining_usd": 0.5, "remaining_tokens": None, "resets_at": "2026-11-30T00:00:00+00:00"}]}})
    {'X-Budget-Remaining-USD': '0.500000', 'X-Budget-Reset-USD': '2026-11-30T00:00:00+00:00'}
    """
    left = (receipt.get("budget") or {}).get("remaining") or []
    headers = {}
    for unit, name in (("usd", "USD"), ("tokens", "Tokens")):
        known = [one for one in left if one[f"remaining_{unit}"] is not None]
        if known:
            least = min(known, key=lambda one: one[f"remaining_{unit}"])
            amount = least[f"remaining_{unit}"]
            headers[f"X-Budget-Remaining-{name}"] = f"{amount:.6f}" if unit == "usd" else str(amount)
            headers[f"X-Budget-Reset-{name}"] = least["resets_at"]
    return headers


def _dollars_left(bound: Cost, one: Sum | RequestSum) -> float | None:
    return None if bound.nano is None else dollars(max(0, bound.nano - one.spent_nano - one.held_nano))


def _tokens_left(bound: Cost, one: Sum | RequestSum) -> int | None:
    return None if bound.tokens is None else max(0, bound.tokens - one.spent_tokens - one.held_tokens)
