"""A run that waits for a person: whoever is there is asked, and the run goes on with what they decided."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from app.aio.detached_stream import in_own_task

Approve = Callable[[Mapping[str, Any]], Any]
"""A request as LangChain's agents have it (``action_requests``, ``review_configs``) -> the decisions,
``{"decisions": [...]}``, one a call: ``approve``, ``edit`` with ``edited_action``, or ``reject``. Called in a
thread of its own."""

NOBODY = "nobody was there to approve it"


def nobody(request: Mapping[str, Any]) -> dict[str, Any]:
    """What is decided where nobody can be asked."""
    return {"decisions": [{"type": "reject", "message": NOBODY} for _ in request["action_requests"]]}


async def run_to_end(
    graph: Any, given: Any, config: RunnableConfig, context: Any, approve: Approve
) -> dict[str, Any]:
    """The graph's output, all that it waited for decided by ``approve``."""
    result: dict[str, Any] = await graph.ainvoke(given, config, context=context)
    while waiting := result.get("__interrupt__"):
        resume = {one.id: await _asked(approve, one.value) for one in waiting}
        result = await graph.ainvoke(Command(resume=resume), config, context=context)
    return result


async def stream_to_end(
    graph: Any, given: Any, config: RunnableConfig, context: Any, approve: Approve
) -> AsyncGenerator[dict[str, Any], None]:
    """The graph's custom events, until there is nothing more to decide."""
    while given is not None:
        stream = graph.astream(given, config, context=context, stream_mode="custom")
        async with aclosing(in_own_task(stream)) as events:
            async for event in events:
                yield event
        given = None
        if (config.get("configurable") or {}).get("thread_id"):
            waiting = (await graph.aget_state(config)).interrupts
            if waiting:
                given = Command(resume={one.id: await _asked(approve, one.value) for one in waiting})


async def _asked(approve: Approve, request: Mapping[str, Any]) -> Any:
    """In a thread that ends with the process: a person may never answer."""
    loop = asyncio.get_running_loop()
    decided: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if not decided.done():
            decided.set_exception(error) if error is not None else decided.set_result(value)

    def ask() -> None:
        try:
            value, error = approve(request), None
        except BaseException as raised:
            value, error = None, raised
        loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=ask, name="pincite-approval", daemon=True).start()
    return await decided
