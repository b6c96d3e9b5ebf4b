"""A question that came in another protocol: asked, streamed and ended as those of ``/v1/answers`` are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse

from app.api.asking import context_of
from app.api.dropped import while_connected
from app.api.outcome import PING, RUN_HEADER, told_events
from app.api.running import RunEvent, RunningAnswer
from app.api.service import Service
from app.api.wire.model_names import ChosenModel
from app.controls.budgets.refusals import refusal_status
from app.controls.deadline import Deadline
from app.errors import PinciteError
from app.identity.caller import Caller
from app.retrieval.scope import checked_filters
from graphs.contracts import Answer
from tools.filters import Filters

LastEvent = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""An event, given the one with the answer."""


class AnswerFailedError(PinciteError):
    """An answer could not be made; the message and the code are its problem's."""

    code = "answer-failed"

    def __init__(self, code: str, message: str, retryable: bool, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.status = status or (504 if retryable else 500)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class WireQuestion:
    """What is asked and how. ``earlier``: the conversation, oldest first. ``thread``: a kept one of the
    caller's that it goes on with, by name; ``message``: the id that the question's message has in it.
    ``configurable``: what is known of the request."""

    question: str
    earlier: list[dict[str, str]] = field(default_factory=list)
    filters: Filters = field(default_factory=dict)
    model: ChosenModel = field(default_factory=ChosenModel)
    thread: str | None = None
    message: str = ""
    configurable: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self, caller: Caller, deadline: Deadline) -> dict[str, Any]:
        """As ``Pincite.aask`` takes them. A tool that acts is not run: nobody could approve it here."""
        context = context_of(caller, deadline, extractive=self.model.extractive, chain=self.model.chain)
        messages = [*self.earlier]
        if self.message:
            messages.append({"role": "user", "content": self.question, "id": self.message})
        # Here, before anything starts: a stream cannot say that a filter is none.
        how: dict[str, Any] = {"messages": messages, "filters": checked_filters(self.filters)}
        if self.thread is not None:
            how["thread_id"] = self.thread
        if self.configurable:
            how["configurable"] = self.configurable
        return {"question": self.question, "context": context, **how}


async def answered(service: Service, request: Request, caller: Caller, asked: WireQuestion) -> Answer:
    """The answer; its making ends where the caller goes away.

    Raises:
        AnswerFailedError: there is none.
    """
    pincite = service.pincite(caller)

    async def answer() -> Answer:
        async with service.place(caller) as deadline:
            return await pincite.aask(**asked.arguments(caller, deadline))

    found = await while_connected(request, answer())
    if found.status == "failed":
        raise failure(found)
    return found


def failure(answer: Answer) -> AnswerFailedError:
    """Why an answer failed."""
    if answer.problem is None:
        return AnswerFailedError("failed", "the answer could not be made", False)
    refused = refusal_status(answer)
    failed = AnswerFailedError(
        answer.problem.code,
        answer.problem.message,
        answer.problem.retryable,
        refused.status if refused else None,
    )
    if refused and (seconds := refused.headers.get("Retry-After")):
        failed.retry_after_s = float(seconds)  # type: ignore[attr-defined]
    return failed


class StreamWriter(Protocol):
    """Turns a run's events into those of a protocol, one run each."""

    def begin(self) -> Iterable[bytes]:
        """What is sent first."""

    def write(self, kind: str, data: Mapping[str, Any]) -> Iterable[bytes]:
        """What an event becomes; the last is an ``answer``, an ``error`` or ``stopped``."""


async def streamed_run(
    service: Service, request: Request, caller: Caller, asked: WireQuestion, writer: StreamWriter
) -> Response:
    """The events of a run, as ``writer`` has them; where there is no place for it, it is refused before.

    The run ends some seconds after its reader left (``PINCITE_API__RESUME_S``), and can be stopped at
    ``/v1/answers/runs/{run}`` by the id in the header ``pincite-run``.
    """
    run = await begun_run(service, request, caller, asked)
    events = service.running.follow(run, 0, service.settings.api.ping_s)
    return EventSourceResponse(_written(events, writer), headers={RUN_HEADER: run.id})


async def begun_run(
    service: Service, request: Request, caller: Caller, asked: WireQuestion, last: LastEvent | None = None
) -> RunningAnswer:
    """A run that goes on by itself; refused where there is no place for it. ``last``: gives one more event,
    told before the answer when all that is kept of it has been written."""
    pincite = service.pincite(caller)
    async with AsyncExitStack() as entered:
        deadline = await while_connected(request, service.admit(caller, entered))
        stream = pincite.astream(**asked.arguments(caller, deadline))
        told = told_events(stream if last is None else _with_last(stream, last), service.drain)
        return service.running.start(caller, told, entered.pop_all())


async def _with_last(stream: Any, last: LastEvent) -> AsyncGenerator[dict[str, Any], None]:
    answer: dict[str, Any] | None = None
    async with aclosing(stream) as events:
        async for event in events:
            if event["type"] == "answer":
                answer = event
            else:
                yield event
    if answer is not None:
        yield await last(answer)
        yield answer


async def _written(
    events: AsyncGenerator[RunEvent | None, None], writer: StreamWriter
) -> AsyncIterator[bytes]:
    for one in writer.begin():
        yield one
    async with aclosing(events):
        async for event in events:
            if event is None:
                yield PING
                continue
            for one in writer.write(event.kind, event.data):
                yield one


def failure_of(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What ended a run without an answer, as the data of a problem document. ``kind``: ``error``, the data a
    problem document's; ``stopped``; or ``answer``, one that failed."""
    if kind == "stopped":
        return {"status": 500, "code": "stopped", "detail": "the run was stopped", "retryable": False}
    if kind == "answer":
        failed = failure(Answer.model_validate(data["answer"]))
        told = {"status": failed.status, "code": failed.code, "detail": str(failed)}
        return {**told, "retryable": failed.retryable}
    return dict(data)


def ends_badly(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event ends a run without an answer. An ``error`` of the graph itself (``problem``) does not:
    a failed answer follows it."""
    if kind == "answer":
        return bool(data["answer"]["status"] == "failed")
    return kind == "stopped" or (kind == "error" and "problem" not in data)
