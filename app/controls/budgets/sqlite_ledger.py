"""A ledger in a file of SQLite: reserved in one transaction, settled in another."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.controls.budgets.accounts import (
    OWNERS,
    SPANS,
    Account,
    Bounds,
    Cost,
    accounts_of,
    window_at,
)
from app.controls.budgets.fit import Refused, first_in_the_way
from app.controls.budgets.ledger import SPARE_S
from app.controls.budgets.sqlite_forget import forget_user_in_file, pays_in_file
from app.controls.budgets.sqlite_schema import make_ledger_file, reading, transaction
from app.controls.budgets.sqlite_sums import account_sum, add_to_sums, request_sum
from app.controls.budgets.sums import RequestSum, Sum
from graphs.calling.budget import Payer, PlannedCall


class SqliteLedger:
    """A ``Ledger`` that processes of one machine may share. The file is opened anew for each call.

    ``now``: the time, with its zone.
    """

    def __init__(
        self,
        path: Path,
        tenant: str,
        bounds: Bounds,
        *,
        shadow: bool = False,
        keep_days: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = path
        self._tenant = tenant
        self.bounds = bounds
        self.shadow = shadow
        self._keep_days = keep_days
        self._now = now
        self._made = False

    def reserve(self, call: PlannedCall, amount: Cost) -> str | Refused:
        if not self._made:
            make_ledger_file(self._path)
            self._made = True
        payer = call.payer
        with transaction(self._path) as connection:
            now = self._now()
            _charge_expired(connection, now)
            accounts = list(accounts_of(payer, self._tenant, now))
            self._drop_old(connection, now)
            known = [account_sum(connection, account) for account in accounts]
            asked = request_sum(connection, payer.request)
            refused = first_in_the_way(self.bounds, asked, known, amount, now)
            if refused is not None and not self.shadow:
                return refused
            call_id = secrets.token_hex(12)
            connection.execute(
                "INSERT INTO calls (id, at, expires_at, state, request, user, key, tenant, step, model,"
                " reserved_nano, reserved_tokens, over) VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    call_id,
                    _ms(now),
                    _ms(now + timedelta(seconds=call.seconds + SPARE_S)),
                    payer.request,
                    payer.user,
                    payer.key,
                    self._tenant,
                    call.step,
                    call.model,
                    amount.nano,
                    amount.tokens,
                    int(refused is not None),
                ),
            )
            add_to_sums(connection, accounts, held_nano=amount.nano or 0, held_tokens=amount.tokens or 0)
        return call_id

    def settle(self, call_id: str, spent: Cost) -> None:
        self._end(call_id, "settled", spent)

    def release(self, call_id: str) -> None:
        self._end(call_id, "released", Cost(0, 0))

    def request(self, request: str) -> RequestSum:
        if not self._path.exists():
            return RequestSum()
        with reading(self._path) as connection:
            return request_sum(connection, request)

    def sums(self, accounts: Iterable[Account]) -> list[Sum]:
        if not self._path.exists():
            return [Sum(account) for account in accounts]
        with reading(self._path) as connection:
            return [account_sum(connection, account) for account in accounts]

    def all_sums(self) -> list[Sum]:
        if not self._path.exists():
            return []
        now = self._now()
        found: list[Sum] = []
        with reading(self._path) as connection:
            for of in OWNERS:
                for per in SPANS:
                    window = window_at(per, now)
                    rows = connection.execute(
                        "SELECT who, spent_nano, spent_tokens, held_nano, held_tokens FROM sums"
                        " WHERE owner = ? AND span = ? AND time_window = ?"
                        " ORDER BY spent_nano + held_nano DESC, who",
                        (of, per, window),
                    )
                    found += [Sum(Account(of, who, per, window), *amounts) for who, *amounts in rows]
        return found

    def accounts(self, payer: Payer) -> list[Account]:
        return list(accounts_of(payer, self._tenant, self._now()))

    def now(self) -> datetime:
        return self._now()

    @property
    def where(self) -> str:
        return self._path.name

    @property
    def outside(self) -> str:
        return ""

    def pays(self, user: str) -> bool:
        return pays_in_file(self._path, user)

    def forget(self, user: str) -> int:
        return forget_user_in_file(self._path, user)

    def close(self) -> None:
        """Nothing is open between calls."""

    def _end(self, call_id: str, state: str, spent: Cost) -> None:
        with transaction(self._path) as connection:
            row = connection.execute(
                "SELECT state, at, request, user, key, reserved_nano, reserved_tokens FROM calls"
                " WHERE id = ?",
                (call_id,),
            ).fetchone()
            if row is None or row[0] not in ("open", "expired"):
                return
            was, at, request, user, key, reserved_nano, reserved_tokens = row
            nanos = reserved_nano if spent.nano is None else spent.nano
            tokens = reserved_tokens if spent.tokens is None else spent.tokens
            connection.execute(
                "UPDATE calls SET state = ?, spent_nano = ?, spent_tokens = ? WHERE id = ?",
                (state, nanos, tokens, call_id),
            )
            accounts = accounts_of(Payer(request, user, key), self._tenant, _moment(at))
            if was == "open":
                add_to_sums(connection, accounts, nanos, tokens, -reserved_nano, -reserved_tokens)
            else:
                add_to_sums(connection, accounts, nanos - reserved_nano, tokens - reserved_tokens)

    def _drop_old(self, connection: sqlite3.Connection, now: datetime) -> None:
        today = window_at("day", now)
        query = "SELECT 1 FROM sums WHERE owner = 'tenant' AND who = ? AND span = 'day' AND time_window = ?"
        if connection.execute(query, (self._tenant, today)).fetchone() is not None:
            return
        oldest = now - timedelta(days=self._keep_days)
        connection.execute("DELETE FROM calls WHERE at < ? AND state != 'open'", (_ms(oldest),))
        for per in SPANS:
            connection.execute(
                "DELETE FROM sums WHERE span = ? AND time_window < ?", (per, window_at(per, oldest))
            )


def _charge_expired(connection: sqlite3.Connection, now: datetime) -> None:
    """Calls whose time is over without a word: their process may have been killed after it spent."""
    rows = connection.execute(
        "SELECT id, at, request, user, key, tenant, reserved_nano, reserved_tokens FROM calls"
        " WHERE state = 'open' AND expires_at <= ?",
        (_ms(now),),
    ).fetchall()
    for call_id, at, request, user, key, tenant, nanos, tokens in rows:
        connection.execute(
            "UPDATE calls SET state = 'expired', spent_nano = reserved_nano, spent_tokens = reserved_tokens"
            " WHERE id = ?",
            (call_id,),
        )
        add_to_sums(
            connection,
            accounts_of(Payer(request, user, key), tenant, _moment(at)),
            nanos,
            tokens,
            -nanos,
            -tokens,
        )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
