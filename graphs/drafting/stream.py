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
from pydantic import ValidationError

from graphs.calling.call import DraftFormatError
from graphs.drafting.marks import UNFINISHED
from graphs.drafting.read import ANSWER_TOOL, NOT_ANSWERABLE, claims_of, marked_sentences
from graphs.state import DraftSentence
from graphs.text.sentence_ends import has_end_mark

_CLOSING = frozenset("\n]】)")
NEXT_BEGINS = 12
"""Characters after a sentence's end by which the next has begun."""

_FENCE = re.compile(r"^\s*```(?:json)?\s*")
# Some servers give the arguments under the tool's name.
_HEAD = re.compile(rf'\s*\{{\s*(?:"{ANSWER_TOOL}"\s*:\s*\{{\s*)?"claims"\s*:\s*\[')
_FIRST = re.compile(r"\s*(?=\{)")
_NEXT = re.compile(r"\s*,\s*(?=\{)")
_JSON = json.JSONDecoder()


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
        self.characters = 0
        """How much was written so far."""
        self._text = ""
        self._called: ClaimsReader | None = None
        self._written: ClaimsReader | None = None
        self._answer_call: int | str | None = None
        self._given = 0
        self._since_end = NEXT_BEGINS

    def feed(self, chunk: AIMessageChunk) -> list[DraftSentence]:
        """The claims that ``chunk`` completes."""
        text, arguments = chunk.text, self._new_arguments(chunk)
        self.characters += len(text) + len(arguments)
        if arguments:
            self._called = self._called or ClaimsReader()
            return self._called.feed(arguments)
        if not text or self._called is not None:
            return []
        if self._written is not None:
            return self._written.feed(text)
        self._text += text
        body = _FENCE.sub("", self._text)
        if body.startswith("{"):
            self._written = ClaimsReader()
            return self._written.feed(body)
        if not self._near_an_end(text):
            return []
        found = _complete_sentences(body)
        new = found[self._given :]
        self._given = max(self._given, len(found))
        return new

    def _near_an_end(self, text: str) -> bool:
        """Whether a sentence may have become complete: it ends, and then the next begins."""
        ends = has_end_mark(text) or not _CLOSING.isdisjoint(text)
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


class ClaimsReader:
    """Reads the JSON of an answer as it is written: each claim, strictly, once its closing brace is there.

    What was read is dropped, so time grows with the length: 100 kB in pieces of 4 characters take .05 s.
    ``pydantic_core.from_json(allow_partial=True)`` reads all from the start each time (1.3 s at every brace,
    28 s at every piece), and gives a last claim that was cut inside a quote as one without that quote.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._before = _HEAD
        """What stands before the next claim."""
        self._over = False

    def feed(self, written: str) -> list[DraftSentence]:
        """The claims that ``written`` completes; none any more after one that does not fit the schema."""
        self._rest += written
        if self._over or "}" not in written:
            return []
        claims: list[Any] = []
        at = 0
        while (begin := self._before.match(self._rest, at)) is not None:
            if self._before is _HEAD:
                at, self._before = begin.end(), _FIRST
                continue
            try:
                claim, at = _JSON.raw_decode(self._rest, begin.end())
            except json.JSONDecodeError:
                break
            claims.append(claim)
            self._before = _NEXT
        self._rest = self._rest[at:]
        try:
            return claims_of(claims)
        except ValidationError:
            self._over = True
            return []


def _complete_sentences(written: str) -> list[DraftSentence]:
    if NOT_ANSWERABLE.startswith(written.strip()[: len(NOT_ANSWERABLE)]):
        return []
    return marked_sentences(UNFINISHED.sub("", written))[:-1]


async def stream_draft(
    model: Runnable[Any, BaseMessage],
    request: Any,
    *,
    complete: Callable[[DraftSentence], Awaitable[None]],
    most_characters: int,
    heard: Callable[[], None] = lambda: None,
    written: Callable[[str], Awaitable[None]] | None = None,
) -> BaseMessage:
    """One call of ``model``, streamed; returns the whole message.

    ``complete`` is awaited with each claim when it is there, ``heard`` called with every chunk; ``written``
    is awaited before claims with all that was written so far, and may raise. When the call is cancelled or
    raises, the stream is closed, which ends the provider's work.

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
            claims = reader.feed(chunk)
            if claims and written is not None:
                await written("".join(map(_as_written, chunks)))
            for claim in claims:
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


def _as_written(chunk: AIMessageChunk) -> str:
    return chunk.text + "".join(call["args"] or "" for call in chunk.tool_call_chunks)


def _heed_cancelling() -> None:
    """End here when this task was told to: clients that wait for each chunk with a time-out may swallow it
    (``asyncio.wait_for`` of Python 3.11, when the chunk comes at the same moment)."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _not_a_message(chunk: object) -> BaseMessage:
    raise DraftFormatError(f"the model gave a {type(chunk).__name__}, not a message")
