"""Keeps every answer the graph releases, whoever runs the graph, for who asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from app.answers.store import AnswerStore
from graphs.parts import Principal

logger = logging.getLogger(__name__)


class AnswerKeeper:
    """The graph's part ``keep``: its own steps call it, so no answer that others wrote into a state is kept.

    An answer that cannot be stored costs a logged warning, never the answer.
    """

    def __init__(self, store: AnswerStore) -> None:
        self._store = store

    async def __call__(self, answer: Mapping[str, Any], who: Principal) -> None:
        try:
            await asyncio.to_thread(self._store.put, answer, who.user)
        except Exception as error:
            logger.warning(
                "an answer could not be stored, so it cannot be verified later: %s", error, exc_info=error
            )
