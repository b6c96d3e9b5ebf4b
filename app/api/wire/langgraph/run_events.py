"""A run as the older event stream of LangGraph's API tells it, in the modes that were asked for."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from fastapi.sse import format_sse_event

from app.api.outcome import PING
from app.api.running import RunEvent
from app.api.wire.langgraph.messages import ai_message
from app.api.wire.langgraph.run_parts import RunParts
from app.api.wire.langgraph.thread_runs import ThreadRun
from app.api.wire.wire_question import ends_badly, failure_of

MODES = ("values", "updates", "messages", "messages-tuple", "custom")
"""Others of LangGraph's would show more of the state than its output."""

Told = Iterator[tuple[str, Any]]
"""Events, each (name, data)."""


def modes_of(given: str | Sequence[str] | None) -> tuple[list[str], list[str]]:
    """The modes that are told and those that are not, of what was asked for.

    >>> modes_of(["updates", "debug"]), modes_of(None)
    ((['updates'], ['stream_mode.debug']), (['values'], []))
    """
    asked = [given] if isinstance(given, str) else list(given or ["values"])
    return [one for one in asked if one in MODES], [
        f"stream_mode.{one[:50]}" for one in asked if one not in MODES
    ]


class RunEvents:
    """One stream's."""

    def __init__(self, run: ThreadRun, modes: Sequence[str], not_told: Sequence[str] = ()) -> None:
        self._parts = RunParts(run)
        self._modes = modes
        self._not_told = not_told

    def begin(self) -> Told:
        """What is told before the run's own events."""
        run = self._parts.run
        passed_over = [*run.passed_over, *self._not_told]
        yield "metadata", {"run_id": run.run.id, "attempt": 1, "passed_over": passed_over}
        if "values" in self._modes:
            yield "values", self._parts.first

    def write(self, kind: str, data: Mapping[str, Any]) -> Told:
        """What an event of the run becomes."""
        parts = self._parts
        parts.keep(kind, data)
        if kind in ("step", "sentence", "excerpt", "answer") and "custom" in self._modes:
            yield "custom", {"type": kind, **data}
        if ends_badly(kind, data):
            problem = failure_of(kind, data)
            yield "error", {"error": problem["code"], "message": problem["detail"]}
        elif kind == "step":
            if parts.step and "updates" in self._modes:
                yield "updates", {parts.step: None}
            parts.step = str(data["node"])
        elif kind == "sentence":
            begun = bool(parts.sent)
            yield from self._message(parts.grow(data["claim"]), first=not begun)
        elif kind == "answer":
            yield from self._end(data["answer"])

    def _end(self, answer: Mapping[str, Any]) -> Told:
        values = self._parts.last(answer)
        message = self._parts.answered(values)
        if message is not None:
            if rest := self._parts.rest(message):
                begun = bool(self._parts.sent)
                self._parts.sent += rest
                yield from self._message(rest, first=not begun)
            if "messages" in self._modes:
                yield "messages/complete", [message]
        if "updates" in self._modes:
            update = {"answer": dict(answer), "messages": [message] if message else []}
            yield "updates", {self._parts.step or "release": update}
        if "values" in self._modes:
            yield "values", values

    def _message(self, added: str, first: bool) -> Told:
        parts = self._parts
        about = {"run_id": parts.run.run.id, "thread_id": parts.run.thread, "langgraph_node": "release"}
        if "messages-tuple" in self._modes:
            yield "messages", [{**ai_message(added, parts.message), "type": "AIMessageChunk"}, about]
        if "messages" in self._modes:
            if first:
                yield "messages/metadata", {parts.message: {"metadata": about}}
            yield "messages/partial", [ai_message(parts.sent, parts.message)]


async def written_run(
    events: AsyncGenerator[RunEvent | None, None], writer: RunEvents, after: int = -1
) -> AsyncIterator[bytes]:
    """The stream, after the event of the run of that number; each event's last part has it as its id."""
    if after < 0:
        for part in _written(writer.begin(), 0):
            yield part
    async with aclosing(events):
        async for event in events:
            if event is None:
                yield PING
                continue
            parts = list(_written(writer.write(event.kind, event.data), event.number))
            # What was seen already is gone through again: later parts build on it.
            for part in parts if event.number > after else ():
                yield part


def _written(told: Told, number: int) -> Iterator[bytes]:
    parts = list(told)
    for at, (name, data) in enumerate(parts):
        id = str(number) if at == len(parts) - 1 else None
        yield format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False), id=id)
