"""The ledger for asynchronous callers: one thread writes, and who is cancelled leaves nothing held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.controls.budgets.accounts import Cost
from app.controls.budgets.fit import Refused
from app.controls.budgets.ledger import Ledger, LedgerError
from graphs.calling.budget import PlannedCall

T = TypeVar("T")


class LedgerWriter:
    """Runs what reads and writes a ledger in one thread, in order: writers that wait for each other in SQLite
    sleep longer the longer they wait. ``close`` it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pincite-ledger")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``, which is done also where the caller is cancelled meanwhile.

        Raises:
            LedgerError: of ``work``, or the writer is closed.
        """
        try:
            done = asyncio.get_running_loop().run_in_executor(self._thread, work)
        except RuntimeError as error:
            raise LedgerError("the ledger is closed: the application was ended") from error
        return await asyncio.shield(done)

    async def reserve(self, call: PlannedCall, amount: Cost) -> str | Refused:
        """``Ledger.reserve``; where the caller is cancelled meanwhile, what was held is given back."""
        reserved: str | Refused | None = None
        gone = False

        def work() -> str | Refused:
            nonlocal reserved
            if gone:  # before its turn came
                return ""
            reserved = self.ledger.reserve(call, amount)
            return reserved

        def give_back() -> None:
            if isinstance(reserved, str):
                self.ledger.release(reserved)

        try:
            return await self.run(work)
        except asyncio.CancelledError:
            gone = True
            self._thread.submit(give_back)
            raise

    def close(self) -> None:
        """Wait for what is being written, then end the thread and close the ledger."""
        self._thread.shutdown(wait=True)
        self.ledger.close()
