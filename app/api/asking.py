"""A question that came over HTTP: answered whole, or as a run whose events are read."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import Request

from app.aio.waiting_runs import Outcome
from app.api.contract.asking import AskRequest
from app.api.dropped import while_connected
from app.api.outcome import told_events
from app.api.running import RunningAnswer
from app.api.service import Service
from app.controls.deadline import Deadline
from app.identity.caller import Caller
from app.retrieval.scope import checked_filters
from graphs.contracts import Answer
from graphs.nodes.trace_context import REQUEST, TRACEPARENT
from graphs.state import AskContext

LEAST_S = 0.001


def context_of(caller: Caller, deadline: Deadline, **how: Any) -> AskContext:
    """What a run is asked with for this caller, in the time that is left."""
    who: dict[str, Any] = {"user": caller.user, "groups": list(caller.groups), "key": caller.key}
    return AskContext(**who, deadline_s=max(deadline.left(), LEAST_S), **how)


def known_of(request: Request) -> dict[str, Any]:
    """What a run is told of the request that it came by: its trace, and its name for logs."""
    known: dict[str, Any] = {
        REQUEST: {
            "id": getattr(request.state, "request_id", ""),
            "route": getattr(request.scope.get("route"), "path", ""),
        }
    }
    if traced := request.headers.get("traceparent"):
        known[TRACEPARENT] = traced
    return known


@dataclass(frozen=True)
class Asking:
    """One question of a caller's. Raises ``FilterError`` when it is made: a stream cannot say that a filter
    is none."""

    service: Service
    request: Request
    caller: Caller
    asked: AskRequest

    def __post_init__(self) -> None:
        _ = self._how

    async def start(self) -> RunningAnswer:
        """Begin a run, once there is a place for it. Raises as ``Service.place`` does."""
        pincite = self.service.pincite(self.caller)
        async with AsyncExitStack() as entered:
            deadline = await while_connected(self.request, self.service.admit(self.caller, entered))
            context = self._context(deadline)
            stream = (
                pincite.waiting.stream(self._given, context, self._known)
                if self._may_stop
                else pincite.astream(question=self.asked.question, context=context, **self._in_conversation)
            )
            events = told_events(stream, self.service.drain)
            return self.service.running.start(self.caller, events, entered.pop_all())

    async def answer(self) -> Outcome | Answer:
        """The answer, or a run that waits for a person. Raises as ``Service.place`` does."""
        pincite = self.service.pincite(self.caller)
        async with self.service.place(self.caller) as deadline:
            context = self._context(deadline)
            if self._may_stop:
                return await pincite.waiting.ask(self._given, context, self._known)
            return await pincite.aask(question=self.asked.question, context=context, **self._in_conversation)

    def _context(self, deadline: Deadline) -> AskContext:
        return context_of(self.caller, deadline, extractive=self.asked.extractive, chain=self.asked.chain)

    @property
    def _may_stop(self) -> bool:
        """A conversation that is kept cannot stop half-way: in it a tool that would is not run."""
        return self.service.pincite(self.caller).may_ask and not self.asked.thread

    @cached_property
    def _known(self) -> dict[str, Any]:
        return known_of(self.request)

    @cached_property
    def _how(self) -> dict[str, Any]:
        return {
            "messages": [turn.model_dump() for turn in self.asked.messages],
            "filters": checked_filters(self.asked.filters),
        }

    @property
    def _given(self) -> dict[str, Any]:
        return {
            "question": self.asked.question,
            **{name: value for name, value in self._how.items() if value},
        }

    @property
    def _in_conversation(self) -> dict[str, Any]:
        return {**self._how, "thread_id": self.asked.thread or None, "configurable": self._known}
