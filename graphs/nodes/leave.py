"""How every receipt begins, and how every answer leaves: signed, kept, told."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

from graphs.judging.shown_words import receipt_as_shown
from graphs.nodes.trace_context import request_of, trace_of
from graphs.parts import Parts, Principal
from graphs.receipts import Receipt, with_values


def begun_receipt(parts: Parts, question: str, who: Principal, config: RunnableConfig) -> Receipt:
    """A receipt of a question that is asked now."""
    request = request_of(config)
    return with_values(
        {},
        **parts.about,
        id=secrets.token_hex(8),
        asked_at=parts.now().isoformat(),
        trace=trace_of(config),
        **({"request": request} if request else {}),
        question=question,
        user=who.user,
        groups=list(who.groups),
    )


async def leave(parts: Parts, answer: Mapping[str, Any], receipt: Receipt, who: Principal) -> dict[str, Any]:
    """The answer as it leaves, with its receipt as that may be shown; whoever keeps answers has been told."""
    if parts.check_words is not None:
        receipt = await asyncio.to_thread(receipt_as_shown, parts, receipt)
    leaving: Mapping[str, Any] = {**answer, "id": receipt.get("id", ""), "receipt": receipt}
    if parts.sign is not None:
        leaving = await asyncio.to_thread(parts.sign, leaving)
    if parts.keep is not None:
        await parts.keep(leaving, who)
    return dict(leaving)
