"""What keeps the account of model calls: a file, or a server that several machines share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from app.controls.budgets.accounts import Account, Bounds, Cost
from app.controls.budgets.fit import Refused
from app.controls.budgets.sums import RequestSum, Sum
from app.errors import PinciteError
from graphs.calling.budget import Payer, PlannedCall

SPARE_S = 30.0
"""Seconds after the end of its time that a call counts as going on: it may be ended a little late."""

FORGOTTEN = ""
"""Who spent it, where the name is forgotten: all of them together."""


class LedgerError(PinciteError, RuntimeError):
    """The ledger cannot be read or written; the message is one line."""

    code = "ledger"
    status = 503
    to_callers = "What model calls have cost cannot be read now; ask again in a minute, or tell the operator."


class Ledger(Protocol):
    """The ledger of one tenant. Whatever asks it raises ``LedgerError`` where it cannot be used.

    What is there and what is reserved is looked at and written in one step, whoever else does so at the same
    moment. A call belongs to the day and month in which it was reserved. One whose time is over and which
    nobody settled (its process was killed) is charged what was reserved; if it is settled later after all, it
    is put right. Nothing is made before the first reservation.
    """

    @property
    def bounds(self) -> Bounds:
        """What may be spent."""

    @property
    def shadow(self) -> bool:
        """Whether it counts and refuses nothing."""

    @property
    def where(self) -> str:
        """In what it is kept, for a report: a file's name, a server without its password."""

    @property
    def outside(self) -> str:
        """What may hold a forgotten name for a while yet and cannot be seen from here; empty: nothing."""

    def reserve(self, call: PlannedCall, amount: Cost) -> str | Refused:
        """Hold ``amount`` for a call: its id, or why it does not fit (never in shadow)."""

    def settle(self, call_id: str, spent: Cost) -> None:
        """A call cost ``spent``; a part that is None: what was reserved. The second time does nothing."""

    def release(self, call_id: str) -> None:
        """Nothing was spent on a call: what it holds is given back."""

    def request(self, request: str) -> RequestSum:
        """What the calls of one request came to so far."""

    def sums(self, accounts: Iterable[Account]) -> list[Sum]:
        """The sums of accounts, zero where nothing was spent."""

    def all_sums(self) -> list[Sum]:
        """Every account's sums of this day and month, the dearest first in each kind."""

    def accounts(self, payer: Payer) -> list[Account]:
        """The accounts that pay for a call now."""

    def now(self) -> datetime:
        """The time that days and months are told by."""

    def pays(self, user: str) -> bool:
        """Whether a call or a sum of ``user`` is there."""

    def forget(self, user: str) -> int:
        """The name of ``user`` goes, what was spent stays and becomes nobody's; how often the name stood
        there."""

    def close(self) -> None:
        """Let go of what is open. It does not raise."""
