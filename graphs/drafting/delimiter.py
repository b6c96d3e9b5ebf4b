"""The word around passages that no document can know: a conversation's, as long as nothing is new."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

from graphs.parts import Parts
from graphs.state import AnswerState

LENGTH = 16
"""Hexadecimal digits: 64 bits, since it may stand for days."""


async def delimiter(parts: Parts, state: AnswerState, config: RunnableConfig) -> str:
    """The word for the passages of one draft.

    A document must not hold it. It is made of a key that no model sees, the conversation (else the question)
    and the generation of the index, read after the passages were: whatever was written after somebody may
    have seen the word has brought another. What a tool says is no part of the index, so where one was called
    the word is a random one each time; so it is where there is no generation.
    """
    receipt: Mapping[str, Any] = state["receipt"]
    if parts.index_generation is None or receipt.get("tools"):
        return parts.nonce()
    generation = await asyncio.to_thread(parts.index_generation)
    configurable = config.get("configurable") or {}
    of = str(configurable.get("thread_id") or receipt["id"])
    made = f"passages\0{generation}\0{of}".encode("utf-8", "surrogatepass")
    return hmac.new(parts.seal_key, made, hashlib.sha256).hexdigest()[:LENGTH]
