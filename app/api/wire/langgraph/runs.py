"""Runs of LangGraph's API: asked, streamed, waited for, found again, stopped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.dropped import while_connected
from app.api.outcome import RUN_HEADER
from app.api.routes.path_names import PathName
from app.api.running import NoSuchRunError
from app.api.service import Service
from app.api.wire.langgraph.begin_run import begin_run
from app.api.wire.langgraph.run_events import RunEvents, modes_of, written_run
from app.api.wire.langgraph.run_parts import RunParts
from app.api.wire.langgraph.run_request import RunBody
from app.api.wire.langgraph.thread_runs import ThreadRun, ThreadRuns
from app.api.wire.wire_question import ends_badly, failure_of
from app.identity.caller import Caller

_ASKED: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemDocument, "description": "Something in it cannot be done; it is named."},
    404: {
        "model": ProblemDocument,
        "description": "You have no such conversation; there is no such assistant.",
    },
    409: {"model": ProblemDocument, "description": "An answer is being made in the conversation."},
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {EventSourceResponse.media_type: {"schema": {"type": "string"}}}}
}
_NO_RUN: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "You have no such run, or it ended long ago."}
}


def add_run_routes(app: FastAPI, service: Service, runs: ThreadRuns) -> None:
    """The routes."""

    async def begin(request: Request, caller: Caller, asked: RunBody, thread: str | None) -> ThreadRun:
        create = asked.if_not_exists == "create"
        return await begin_run(service, runs, request, caller, asked, thread, create=create)

    @app.post("/threads/{thread_id}/runs", tags=["langgraph"], responses=_ASKED)
    async def create(thread_id: PathName, asked: RunBody, request: Request, caller: Asker) -> JSONResponse:
        """Ask in a conversation and do not wait: the run goes on by itself, to its end."""
        run = await begin(request, caller, asked, thread_id)
        return JSONResponse(run_data(run), headers=_places(run))

    @app.post("/threads/{thread_id}/runs/stream", tags=["langgraph"], responses={**_ASKED, **_STREAM})
    async def stream(thread_id: PathName, asked: RunBody, request: Request, caller: Asker) -> Response:
        """Ask in a conversation and read the events, in the modes `values`, `updates`, `messages`,
        `messages-tuple` and `custom`; of others nothing is told."""
        return _streamed(service, await begin(request, caller, asked, thread_id), asked.stream_mode)

    @app.post("/threads/{thread_id}/runs/wait", tags=["langgraph"], responses=_ASKED)
    async def wait(thread_id: PathName, asked: RunBody, request: Request, caller: Asker) -> JSONResponse:
        """Ask in a conversation and wait for its values; a failure is in `__error__`."""
        return await _waited(service, request, await begin(request, caller, asked, thread_id))

    @app.post("/runs/stream", tags=["langgraph"], responses={**_ASKED, **_STREAM})
    async def stream_alone(asked: RunBody, request: Request, caller: Asker) -> Response:
        """As `/threads/{thread_id}/runs/stream`, of which nothing is kept."""
        return _streamed(service, await begin(request, caller, asked, None), asked.stream_mode)

    @app.post("/runs/wait", tags=["langgraph"], responses=_ASKED)
    async def wait_alone(asked: RunBody, request: Request, caller: Asker) -> JSONResponse:
        """As `/threads/{thread_id}/runs/wait`, of which nothing is kept."""
        return await _waited(service, request, await begin(request, caller, asked, None))

    @app.get("/threads/{thread_id}/runs", tags=["langgraph"])
    async def listed(
        thread_id: PathName, caller: Asker, limit: Annotated[int, Query(ge=1, le=1000)] = 10
    ) -> list[dict[str, Any]]:
        """Your runs in a conversation, the last begun first: those that go on or ended a minute ago."""
        service.pincite(caller)
        return [run_data(one) for one in reversed(runs.of(caller, thread_id))][:limit]

    @app.get("/threads/{thread_id}/runs/{run_id}", tags=["langgraph"], responses=_NO_RUN)
    async def found(thread_id: PathName, run_id: PathName, caller: Asker) -> dict[str, Any]:
        """One of your runs."""
        service.pincite(caller)
        return run_data(runs.find(caller, thread_id, run_id))

    @app.get("/threads/{thread_id}/runs/{run_id}/join", tags=["langgraph"], responses=_NO_RUN)
    async def join(thread_id: PathName, run_id: PathName, request: Request, caller: Asker) -> JSONResponse:
        """Wait for a run's values."""
        service.pincite(caller)
        return await _waited(service, request, runs.find(caller, thread_id, run_id))

    @app.get(
        "/threads/{thread_id}/runs/{run_id}/stream",
        tags=["langgraph"],
        response_class=Response,
        responses={**_NO_RUN, **_STREAM},
    )
    async def follow(
        thread_id: PathName,
        run_id: PathName,
        caller: Asker,
        stream_mode: Annotated[list[str] | None, Query(max_length=20)] = None,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """Go on reading a run's events after `Last-Event-ID`, or from its beginning."""
        service.pincite(caller)
        run = runs.find(caller, thread_id, run_id)
        if last_event_id and not last_event_id.isdecimal():
            raise NoSuchRunError("the Last-Event-ID is not of this run")
        return _streamed(service, run, stream_mode, int(last_event_id) if last_event_id else -1)

    @app.post("/threads/{thread_id}/runs/{run_id}/cancel", tags=["langgraph"], responses=_NO_RUN)
    async def cancel(thread_id: PathName, run_id: PathName, caller: Asker) -> dict[str, Any]:
        """Stop a run with its model's call; what was asked stays in the conversation."""
        service.pincite(caller)
        run = runs.find(caller, thread_id, run_id)
        await service.running.stop(run.run)
        return {}


def run_data(run: ThreadRun) -> dict[str, Any]:
    """LangGraph's ``Run``."""
    begun = datetime.fromtimestamp(run.begun_at, UTC).isoformat()
    return {
        "run_id": run.run.id,
        "thread_id": run.thread,
        "assistant_id": run.assistant,
        "created_at": begun,
        "updated_at": begun,
        "status": run.status,
        "metadata": {"passed_over": list(run.passed_over)},
        "kwargs": {},
        "multitask_strategy": "enqueue",
    }


def _places(run: ThreadRun) -> dict[str, str]:
    at = f"/runs/{run.run.id}" if run.thread is None else f"/threads/{_quoted(run.thread)}/runs/{run.run.id}"
    where = {} if run.thread is None else {"location": f"{at}/stream"}
    return {"content-location": at, RUN_HEADER: run.run.id, **where}


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _streamed(service: Service, run: ThreadRun, modes: Any, after: int = -1) -> Response:
    told, not_told = modes_of(modes)
    events = service.running.follow(run.run, 0, service.settings.api.ping_s)
    body = written_run(events, RunEvents(run, told, not_told), after)
    return EventSourceResponse(body, headers=_places(run))


async def _waited(service: Service, request: Request, run: ThreadRun) -> JSONResponse:
    """The values at the run's end; it ends where the caller goes away."""

    async def values() -> dict[str, Any]:
        parts = RunParts(run)
        async for event in service.running.follow(run.run, 0, service.settings.api.ping_s):
            if event is None:
                continue
            parts.keep(event.kind, event.data)
            if ends_badly(event.kind, event.data):
                problem = failure_of(event.kind, event.data)
                return {"__error__": {"error": problem["code"], "message": problem["detail"]}}
            if event.kind == "answer":
                return parts.last(event.data["answer"])
        raise NoSuchRunError("the run ended without an answer; ask again")

    found = await while_connected(request, asyncio.ensure_future(values()))
    return JSONResponse(found, headers=_places(run))
