"""The budget that the graph asks: a ledger, prices, and what is said of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from app.controls.budgets.accounts import Cost
from app.controls.budgets.fit import Refused
from app.controls.budgets.ledger import Ledger, LedgerError
from app.controls.budgets.money import nano
from app.controls.budgets.usage import account_usage, request_usage
from app.controls.budgets.writer import LedgerWriter
from graphs.calling.budget import BudgetRefusedError, BudgetUnavailableError, Payer, PlannedCall
from graphs.calling.paid_call import CANNOT_TELL
from graphs.limits import WhenSpent
from graphs.parts import PriceQuote

logger = logging.getLogger(__name__)

Estimate = Callable[[str, str, int, int], PriceQuote]
"""(model, address or provider, tokens read, tokens written) -> the most that such a call costs."""

MILLION = 10**6


class LedgerBudget:
    """Model calls are paid from the ledger of a tenant; several processes may share it. ``close`` it.

    ``unknown_usd_per_mtok``: US dollars for a million tokens of models whose price is not known.
    """

    def __init__(
        self, ledger: Ledger, estimate: Estimate, when_spent: WhenSpent, unknown_usd_per_mtok: float
    ) -> None:
        self._writer = LedgerWriter(ledger)
        self._estimate = estimate
        self.when_spent = when_spent
        self._unknown = unknown_usd_per_mtok

    @property
    def ledger(self) -> Ledger:
        return self._writer.ledger

    async def reserve(self, call: PlannedCall) -> LedgerReservation:
        """Hold what ``call`` may cost at the price of the model that is asked.

        Raises:
            BudgetRefusedError: it does not fit.
            BudgetUnavailableError: the ledger cannot be used. In shadow, nothing is held then.
        """
        tokens = call.input_tokens + call.output_tokens
        usd = self._estimate(call.model, call.endpoint, call.input_tokens, call.output_tokens).usd
        amount = Cost(nano(usd) if usd is not None else self.unknown_nano(tokens), tokens)
        try:
            reserved = await self._writer.reserve(call, amount)
        except LedgerError as error:
            logger.warning("%s", error)
            if not self.ledger.shadow:
                raise BudgetUnavailableError(CANNOT_TELL, retryable=True) from error
            reserved = ""
        if isinstance(reserved, Refused):
            raise BudgetRefusedError(
                _told(reserved),
                retry_after_s=reserved.retry_after_s,
                retryable=reserved.held,
                of=reserved.of,
                per=reserved.per,
                unit=reserved.unit,
            )
        return LedgerReservation(self, reserved)

    async def state(self, payer: Payer) -> Mapping[str, Any]:
        """For the receipt: what the request reserved and spent, and what its accounts have left."""
        ledger = self.ledger
        try:
            asked, sums, now = await self._writer.run(
                lambda: (ledger.request(payer.request), ledger.sums(ledger.accounts(payer)), ledger.now())
            )
        except LedgerError as error:
            logger.warning("%s", error)
            return {"unknown": True}
        return {
            **request_usage(asked, ledger.bounds),
            "remaining": [asdict(one) for one in account_usage(sums, ledger.bounds, now) if one.bounded],
            "shadow": ledger.shadow,
            "unknown_usd_per_mtok": self._unknown,
        }

    async def end(self, call_id: str, spent: Cost | None) -> None:
        """Settle a call, or release it where ``spent`` is None. It does not raise: what cannot be written is
        charged at what was reserved when the call's time is over; put right if it can be written later."""
        ledger = self.ledger
        if not call_id:
            return
        try:
            if spent is None:
                await self._writer.run(lambda: ledger.release(call_id))
            else:
                await self._writer.run(lambda: ledger.settle(call_id, spent))
        except LedgerError as error:
            logger.warning("a model call could not be settled and is charged as reserved: %s", error)

    def unknown_nano(self, tokens: int) -> int:
        """What tokens of a model without a known price are charged at, in billionths."""
        return max(1, -(-nano(self._unknown) * tokens // MILLION))

    def close(self) -> None:
        self._writer.close()


class LedgerReservation:
    """What one call holds in a ledger."""

    def __init__(self, budget: LedgerBudget, call_id: str) -> None:
        self._budget = budget
        self._id = call_id

    async def settle(self, usd: float | None, usage: Mapping[str, Any] | None) -> None:
        """As ``graphs.calling.budget.Reservation``; a price that is not known is the ceiling's."""
        if not usage:
            await self._budget.end(self._id, Cost(None if usd is None else nano(usd), None))
            return
        tokens = int(usage.get("input_tokens", 0)) + int(usage.get("output_tokens", 0))
        spent = self._budget.unknown_nano(tokens) if usd is None else nano(usd)
        await self._budget.end(self._id, Cost(spent, tokens))

    async def release(self) -> None:
        """Nothing was spent."""
        await self._budget.end(self._id, None)


def _told(refused: Refused) -> str:
    """Why no model is asked, for who asks: no amounts, which may be others'."""
    if refused.of == "request":
        return "Answering this question would cost more than one question may."
    whose = {"user": "Your budget", "key": "The budget of this key", "tenant": "The budget of all"}
    which = f"{whose[refused.of]} for the {'day' if refused.per == 'day' else 'month'}"
    if refused.held:
        return f"{which} is held by questions that are being answered; ask again in a moment."
    if refused.retry_after_s is None:
        return f"{which} is smaller than what one call of the model may cost."
    return f"{which} is spent; it begins anew at midnight UTC" + (
        "." if refused.per == "day" else " on the first of the month."
    )
