"""What a model wrote is looked at as it wrote it, before anything is made of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from graphs.calling.call import DraftFormatError
from graphs.parts import GuardFailedError, Parts
from graphs.receipts import guard_entry


class DraftRefusedError(DraftFormatError):
    """A guard refuses what the model wrote; asking it once more would be no better."""

    retryable = False


async def watch(parts: Parts, written: str, noted: list[dict[str, Any]], *, whole: bool = True) -> None:
    """Ask ``Parts.check_draft`` about ``written``; the receipt's entry is added to ``noted``, for a part of a
    draft only where it is refused.

    Raises:
        DraftRefusedError: it is not let by as it is.
        GuardFailedError: the guard failed.
    """
    if parts.check_draft is None or not written:
        return
    try:
        result = await asyncio.to_thread(parts.check_draft, written)
    except GuardFailedError:
        raise
    except Exception as error:
        raise GuardFailedError(f"the draft guard failed ({type(error).__name__})") from error
    if whole or result.verdict != "allow":
        noted.append(guard_entry(result))
    if result.verdict != "allow":
        raise DraftRefusedError("; ".join(result.reasons) or "a guard refused the draft")


def all_written(reply: BaseMessage) -> str:
    """Everything in a model's message that it chose: its text, and what it calls tools with."""
    if not isinstance(reply, AIMessage):
        return reply.text
    calls = [call["args"] for call in (*reply.tool_calls, *reply.invalid_tool_calls)]
    return "\n".join([reply.text, *(json.dumps(args, ensure_ascii=False, default=str) for args in calls)])
