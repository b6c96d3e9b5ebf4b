"""A tool that hands a question to people, for whoever answers them later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool
from pydantic import Field

from tools.policy.declaration import ToolDeclaration, declare

ASK_PERSON = "ask_person"

HANDS_ON = ToolDeclaration(reads=False, writes=True, sends_out=False, highest="groups")
"""It writes: somebody else will read this and act on it, so whoever asked must see it first. It stays here,
under the labels of what it was made from, hence ``highest``."""


class QuestionQueue(Protocol):
    """Where questions for people are kept."""

    def put(self, question: str, asker: Mapping[str, Any], /) -> int:
        """Keep one; returns its number.

        Raises:
            RequestError: it cannot be kept; the message says why.
        """


def make_ask_person(queue: QuestionQueue) -> BaseTool:
    """The tool ``ask_person(question)``; who asks is filled in by the graph."""

    async def ask_person(
        question: Annotated[str, Field(min_length=1, max_length=2000)],
        asker: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
    ) -> str:
        number = await asyncio.to_thread(queue.put, question, asker or {})
        return f"The question was handed to a person. It has the number {number}."

    tool = StructuredTool.from_function(
        coroutine=ask_person,
        name=ASK_PERSON,
        description=(
            "Hand a question to a person when the documents do not hold the answer and somebody should give "
            "it. question: complete, understandable by itself. There is no answer now: only its number."
        ),
    )
    return declare(tool, HANDS_ON)
