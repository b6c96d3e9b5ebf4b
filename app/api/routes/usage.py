"""``/v1/usage``: what models cost so far, and what budgets have left."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, Query

from app.api.auth.required import Asker
from app.api.contract.usage import UsageItem
from app.api.service import Service
from app.controls.budgets.open import ledger_of
from app.controls.budgets.usage import usage_of
from graphs.calling.budget import Payer


def add_usage_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.get("/v1/usage", tags=["who"])
    async def usage(
        caller: Asker,
        everybody: Annotated[bool, Query(description="All accounts of your tenant; for operators.")] = False,
    ) -> list[UsageItem]:
        """What you and your key have spent in this day and month, where a budget is set; an operator sees
        their tenant's sum too."""
        if everybody:
            caller.need("operator")
        payer = None if everybody else Payer("", caller.user, caller.key)
        with closing(ledger_of(service.pincite(caller).settings)) as ledger:
            found = await asyncio.to_thread(usage_of, ledger, payer)
        mine = [one for one in found if everybody or one.of != "tenant" or caller.may("operator")]
        return [UsageItem.model_validate(asdict(one)) for one in mine]
