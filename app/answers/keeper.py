"""Keeps every answer the graph releases, whoever runs the graph."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler

from app.answers.store import AnswerStore

REMEMBERED = 1000

logger = logging.getLogger(__name__)


class AnswerKeeper(AsyncCallbackHandler):
    """A callback bound to the graph: a host or a server that runs it itself keeps answers too.

    An answer that cannot be stored costs a logged warning, never the answer.
    """

    ignore_llm = ignore_chat_model = ignore_retriever = ignore_agent = True
    ignore_retry = ignore_custom_event = True

    def __init__(self, store: AnswerStore) -> None:
        self._store = store
        # The run gives its last node's answer again.
        self._seen: deque[str] = deque(maxlen=REMEMBERED)

    async def on_chain_end(self, outputs: Any, **_kwargs: Any) -> None:
        """Store the answer of the node that ends the run."""
        answer = outputs.get("answer") if isinstance(outputs, Mapping) else None
        if not isinstance(answer, Mapping) or not answer.get("status"):
            return
        if answer.get("id"):
            if answer["id"] in self._seen:
                return
            self._seen.append(answer["id"])
        try:
            await asyncio.to_thread(self._store.put, answer)
        except Exception as error:
            logger.warning(
                "an answer could not be stored, so it cannot be verified later: %s", error, exc_info=error
            )
