"""The ledger's sums: of one account, of one request."""

from __future__ import annotations

from dataclasses import dataclass

from app.controls.budgets.accounts import Account


@dataclass(frozen=True, slots=True)
class Sum:
    """What an account has spent, and holds for calls that go on: billionths of a US dollar, tokens."""

    account: Account
    spent_nano: int = 0
    spent_tokens: int = 0
    held_nano: int = 0
    held_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RequestSum:
    """What the calls of one request reserved, hold and spent; ``over``: calls that did not fit."""

    calls: int = 0
    reserved_nano: int = 0
    reserved_tokens: int = 0
    held_nano: int = 0
    held_tokens: int = 0
    spent_nano: int = 0
    spent_tokens: int = 0
    over: int = 0
