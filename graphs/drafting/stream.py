"""Read a draft while the model is still writing it: each sentence as soon as it is complete."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langchain_core.runnables import Runnable

from graphs.calling.call import DraftFormatError
from graphs.drafting.read import ANSWER_TOOL, NOT_ANSWERABLE, claims_of, marked_sentences
from graphs.state import DraftClaimData
from graphs.text.sentence_ends import has_end_mark

_UNFINISHED_MARK = re.compile(r"\s*\[[\d,\s]*$")
NEXT_BEGINS = 12
"""Characters after a sentence's end by which the next has begun."""

_FENCE = re.compile(r"^\s*```(?:json)?\s*")


class OverlongDraftError(DraftFormatError):
    """The model writes on and on; the call was ended."""


class DraftReader:
    """Fed with chunks, gives the claims that are complete and were not given before.

    JSON (a call of ``give_answer``, or text) is read by its objects; prose by its sentences, of which the
    last is never complete before the end, since its ``[n]`` may still come.

    >>> reader = DraftReader()
    >>> chunks = ("Returns are", " free [2]. Keep", " the box [1].")
    >>> [len(reader.feed(AIMessageChunk(text))) for text in chunks]
    [0, 1, 0]
    """

    def __init__(self) -> None:
        self._text = ""
        self._arguments = ""
        self._answer_call: int | str | None = None
        self._given = 0
        self._since_end = NEXT_BEGINS

    @property
    def characters(self) -> int:
        """How much was written so far."""
        return len(self._text) + len(self._arguments)

    def feed(self, chunk: AIMessageChunk) -> list[DraftClaimData]:
        """The claims that ``chunk`` completes."""
        text, arguments = chunk.text, self._new_arguments(chunk)
        self._text += text
        self._arguments += arguments
        found: list[DraftClaimData] = []
        if "}" in arguments:
            found = _complete_objects(self._arguments)
        elif text and not self._arguments:
            body = _FENCE.sub("", self._text)
            if body.startswith("{"):
                found = _complete_objects(body) if "}" in text else []
            elif self._near_an_end(text):
                found = _complete_sentences(body)
        new = found[self._given :]
        self._given = max(self._given, len(found))
        return new

    def _near_an_end(self, text: str) -> bool:
        """Whether a sentence may have become complete: it ends, and then the next begins."""
        ends = has_end_mark(text) or "\n" in text or "]" in text
        self._since_end = 0 if ends else self._since_end + len(text)
        return self._since_end <= NEXT_BEGINS

    def _new_arguments(self, chunk: AIMessageChunk) -> str:
        added = ""
        for call in chunk.tool_call_chunks:
            if call["name"] == ANSWER_TOOL and self._answer_call is None:
                self._answer_call = call["index"]
            if self._answer_call is not None and call["index"] == self._answer_call:
                added += call["args"] or ""
        return added


def _complete_objects(written: str) -> list[DraftClaimData]:
    """The claims whose closing brace is there."""
    cut = written.rfind("}") + 1
    for end in ("]}", "]}}"):
        try:
            data = json.loads(written[:cut] + end)
        except json.JSONDecodeError:
            continue
        data = data.get(ANSWER_TOOL, data)
        if isinstance(data, dict) and set(data) == {"claims"}:
            return claims_of(data)
    return []


def _complete_sentences(written: str) -> list[DraftClaimData]:
    if NOT_ANSWERABLE.startswith(written.strip()[: len(NOT_ANSWERABLE)]):
        return []
    return marked_sentences(_UNFINISHED_MARK.sub("", written))[:-1]


async def stream_draft(
    model: Runnable[Any, BaseMessage],
    request: Any,
    *,
    complete: Callable[[DraftClaimData], Awaitable[None]],
    most_characters: int,
    heard: Callable[[], None] = lambda: None,
) -> BaseMessage:
    """One call of ``model``, streamed; returns the whole message.

    ``complete`` is awaited with each claim when it is there, ``heard`` called with every chunk. When the call
    is cancelled or raises, the stream is closed, which ends the provider's work.

    Raises:
        OverlongDraftError: more than ``most_characters`` were written.
    """
    reader = DraftReader()
    chunks: list[AIMessageChunk] = []
    config: Any = {"tags": ["nostream"], "run_name": "draft"}
    stream: Any = model.astream(request, config)
    async with aclosing(stream):
        async for chunk in stream:
            _heed_cancelling()
            heard()
            if not isinstance(chunk, AIMessageChunk):
                # A model that cannot stream gives its message whole.
                return chunk if isinstance(chunk, AIMessage) else _not_a_message(chunk)
            chunks.append(chunk)
            for claim in reader.feed(chunk):
                await complete(claim)
            if reader.characters > most_characters:
                raise OverlongDraftError(f"the model wrote more than {most_characters} characters")
    if not chunks:
        raise DraftFormatError("the model wrote nothing")
    return _whole(add_ai_message_chunks(chunks[0], *chunks[1:]))


def _whole(chunk: AIMessageChunk) -> AIMessage:
    """The message, its tool calls read strictly: LangChain mends the JSON of chunks that were cut off."""
    calls, broken = [], []
    for part in chunk.tool_call_chunks:
        name, written, call_id = part["name"] or "", part["args"] or "", part["id"]
        try:
            args = json.loads(written or "{}")
        except json.JSONDecodeError:
            args = None
        if isinstance(args, dict):
            calls.append(tool_call(name=name, args=args, id=call_id))
        else:
            broken.append(invalid_tool_call(name=name, args=written, id=call_id, error="not a JSON object"))
    return AIMessage(
        content=chunk.content,
        tool_calls=calls,
        invalid_tool_calls=broken,
        usage_metadata=chunk.usage_metadata,
        response_metadata=chunk.response_metadata,
        id=chunk.id,
    )


def _heed_cancelling() -> None:
    """End here when this task was told to: clients that wait for each chunk with a time-out may swallow it
    (``asyncio.wait_for`` of Python 3.11, when the chunk comes at the same moment)."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _not_a_message(chunk: object) -> BaseMessage:
    raise DraftFormatError(f"the model gave a {type(chunk).__name__}, not a message")
