"""The sums in a ledger's file: of one account, of one request."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from app.controls.budgets.accounts import Account
from app.controls.budgets.sums import RequestSum, Sum


def add_to_sums(
    connection: sqlite3.Connection,
    accounts: Iterable[Account],
    spent_nano: int = 0,
    spent_tokens: int = 0,
    held_nano: int = 0,
    held_tokens: int = 0,
) -> None:
    """Change what accounts have spent and hold."""
    connection.executemany(
        "INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " spent_nano = spent_nano + excluded.spent_nano, spent_tokens = spent_tokens + excluded.spent_tokens,"
        " held_nano = held_nano + excluded.held_nano, held_tokens = held_tokens + excluded.held_tokens",
        [
            (one.of, one.who, one.per, one.window, spent_nano, spent_tokens, held_nano, held_tokens)
            for one in accounts
        ],
    )


def account_sum(connection: sqlite3.Connection, account: Account) -> Sum:
    """The sums of an account, zero where nothing was spent."""
    row = connection.execute(
        "SELECT spent_nano, spent_tokens, held_nano, held_tokens FROM sums"
        " WHERE owner = ? AND who = ? AND span = ? AND time_window = ?",
        (account.of, account.who, account.per, account.window),
    ).fetchone()
    return Sum(account, *row) if row else Sum(account)


def request_sum(connection: sqlite3.Connection, request: str) -> RequestSum:
    """The sum of a request's calls."""
    row = connection.execute(
        "SELECT count(*), sum(reserved_nano), sum(reserved_tokens),"
        " sum(iif(state = 'open', reserved_nano, 0)), sum(iif(state = 'open', reserved_tokens, 0)),"
        " sum(spent_nano), sum(spent_tokens), sum(over) FROM calls WHERE request = ?",
        (request,),
    ).fetchone()
    return RequestSum(*row) if row[0] else RequestSum()
