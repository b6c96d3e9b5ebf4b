"""One call of a tool: its own time, and again where what failed may pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain_core.tools import BaseTool, ToolException
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from graphs.calling.call import is_retryable
from tools.policy.declaration import ToolDeclaration

MOST_WAIT_S = 2.0
"""Seconds between two attempts at most."""


async def run_tool(
    tool: BaseTool,
    declaration: ToolDeclaration,
    call_id: str,
    arguments: Mapping[str, Any],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Any:
    """The tool's message. LangGraph's own retry would run the whole node anew, other calls in it too.

    Raises:
        TimeoutError: it took longer than it declares.
        ToolException: it says itself that it failed.
        Exception: whatever else the tool raises.
    """
    call = {"type": "tool_call", "id": call_id, "name": tool.name, "args": dict(arguments)}
    async for attempt in AsyncRetrying(
        stop=stop_after_attempt(declaration.retries + 1),
        wait=wait_random_exponential(0.2, MOST_WAIT_S),
        retry=retry_if_exception(is_retryable),
        sleep=sleep,
        reraise=True,
    ):
        with attempt:
            async with asyncio.timeout(declaration.timeout_s):
                message = await tool.ainvoke(call)
            if getattr(message, "status", "success") == "error":
                raise ToolException(tool.name)
            return message
    raise AssertionError("unreachable")  # pragma: no cover


def most_seconds(declaration: ToolDeclaration, calls: int) -> float:
    """What so many calls may take together, with their attempts and the time between these."""
    attempts = declaration.retries + 1
    return calls * (attempts * declaration.timeout_s + declaration.retries * MOST_WAIT_S)
