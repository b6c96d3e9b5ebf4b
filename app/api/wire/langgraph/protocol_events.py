"""Runs as the newer protocol of LangGraph tells them: events of a conversation, by channel, each numbered."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event

from app.api.outcome import PING
from app.api.service import Service
from app.api.wire.langgraph.assistant_names import GRAPH
from app.api.wire.langgraph.run_parts import RunParts
from app.api.wire.langgraph.thread_runs import ThreadRun, ThreadRuns
from app.api.wire.wire_question import ends_badly, failure_of
from app.identity.caller import Caller

CHANNELS = ("values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom")
"""All there are; of ``tools``, ``input``, ``checkpoints`` and ``tasks`` nothing is ever told here."""

STRIDE = 1_000_000
"""Numbers of events that each run has for itself."""

Told = Iterator[tuple[str, dict[str, Any]]]
"""Events, each (channel, data)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a stream is asked for: channels, ``custom:NAME`` among them, and the numbers above ``since``."""

    channels: Collection[str]
    namespaces: Sequence[Sequence[str]] | None = None
    since: int = 0

    def has(self, channel: str, data: Mapping[str, Any]) -> bool:
        # All that is told stands at the root, the empty namespace.
        if self.namespaces is not None and not any(len(one) == 0 for one in self.namespaces):
            return False
        return channel in self.channels or f"{channel}:{data.get('name')}" in self.channels


class ProtocolEvents:
    """One run's events."""

    def __init__(self, run: ThreadRun) -> None:
        self._parts = RunParts(run)

    def begin(self) -> Told:
        """What is told before the run's own events."""
        yield "lifecycle", {"event": "running", "graph_name": GRAPH}
        yield "values", self._parts.first

    def write(self, kind: str, data: Mapping[str, Any]) -> Told:
        """What an event of the run becomes."""
        parts = self._parts
        parts.keep(kind, data)
        if kind in ("step", "sentence", "excerpt", "answer"):
            yield "custom", {"name": kind, "payload": {"type": kind, **data}}
        if ends_badly(kind, data):
            yield from self._cut_off()
            yield "lifecycle", _ended_badly(kind, data)
        elif kind == "step":
            if parts.step:
                yield "updates", {"node": parts.step, "values": {}}
            parts.step = str(data["node"])
        elif kind == "sentence":
            begun = bool(parts.sent)
            yield from self._text(parts.grow(data["claim"]), first=not begun)
        elif kind == "answer":
            yield from self._end(data["answer"])

    def _text(self, added: str, first: bool) -> Told:
        if first:
            yield "messages", {"event": "message-start", "role": "ai", "id": self._parts.message}
            empty = {"type": "text", "text": ""}
            yield "messages", {"event": "content-block-start", "index": 0, "content": empty}
        delta = {"type": "text-delta", "text": added}
        yield "messages", {"event": "content-block-delta", "index": 0, "delta": delta}

    def _end(self, answer: Mapping[str, Any]) -> Told:
        values = self._parts.last(answer)
        message = self._parts.answered(values)
        if message is not None:
            if rest := self._parts.rest(message):
                begun = bool(self._parts.sent)
                self._parts.sent += rest
                yield from self._text(rest, first=not begun)
            content = message["content"]
            block = {"type": "text", "text": content} if isinstance(content, str) else content[0]
            yield "messages", {"event": "content-block-finish", "index": 0, "content": block}
            yield "messages", {"event": "message-finish"}
        update = {"answer": dict(answer), "messages": [message] if message else []}
        yield "updates", {"node": self._parts.step or "release", "values": update}
        yield "values", values
        yield "lifecycle", {"event": "completed", "graph_name": GRAPH}

    def _cut_off(self) -> Told:
        if self._parts.sent:
            block = {"type": "text", "text": self._parts.sent}
            yield "messages", {"event": "content-block-finish", "index": 0, "content": block}
            yield "messages", {"event": "message-finish"}


def _ended_badly(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "stopped":
        return {"event": "interrupted", "graph_name": GRAPH}
    problem = failure_of(kind, data)
    return {"event": "failed", "graph_name": GRAPH, "error": f"{problem['code']}: {problem['detail']}"}


def last_number(runs: Sequence[ThreadRun]) -> int:
    """The number above which no event of another run than these is."""
    return (runs[-1].number + 1) * STRIDE if runs else 0


async def thread_events(
    service: Service, runs: ThreadRuns, caller: Caller, thread: str, chosen: Chosen
) -> AsyncIterator[bytes]:
    """What goes on in a conversation from its newest run on, run after run, until the reader leaves."""
    ping_s = service.settings.api.ping_s
    known = [one.number for one in runs.of(caller, thread)]
    seen = chosen.since // STRIDE - 1 if chosen.since else known[-1] - 1 if known else 0
    with runs.streaming(caller):
        while True:
            run = await runs.next(caller, thread, seen, ping_s)
            if run is None:
                yield PING
                continue
            seen = run.number
            async for part in _run_events(service, run, chosen, ping_s):
                yield part


async def _run_events(
    service: Service, run: ThreadRun, chosen: Chosen, ping_s: float
) -> AsyncIterator[bytes]:
    writer = ProtocolEvents(run)
    number = run.number * STRIDE
    for channel, data in writer.begin():
        number += 1
        if number > chosen.since and chosen.has(channel, data):
            yield _written(run, number, channel, data)
    async with aclosing(service.running.follow(run.run, 0, ping_s)) as events:
        async for event in events:
            if event is None:
                yield PING
                continue
            for channel, data in writer.write(event.kind, event.data):
                number += 1
                if number > chosen.since and chosen.has(channel, data):
                    yield _written(run, number, channel, data)


def _written(run: ThreadRun, number: int, channel: str, data: dict[str, Any]) -> bytes:
    event = {
        "type": "event",
        "event_id": f"{run.run.id}-{number % STRIDE}",
        "seq": number,
        "method": channel,
        "params": {"namespace": [], "timestamp": int(time.time() * 1000), "data": data},
    }
    return format_sse_event(event=channel, data_str=json.dumps(event, ensure_ascii=False), id=str(number))
