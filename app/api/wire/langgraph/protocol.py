"""The newer protocol: commands to a conversation, and one stream of what goes on in it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.routes.path_names import PathName
from app.api.service import Service
from app.api.wire.langgraph.begin_run import begin_run, check_name
from app.api.wire.langgraph.protocol_events import CHANNELS, Chosen, last_number, thread_events
from app.api.wire.langgraph.run_request import RunBody
from app.api.wire.langgraph.thread_runs import ThreadRuns
from app.errors import PinciteError
from app.identity.caller import Caller

_NOT_HERE = {
    "input.respond": ("no_such_interrupt", "no run of this wire stops for a person"),
    "input.inject": ("not_supported", "nothing is added to a question that is being answered; ask again"),
    "agent.getTree": ("not_supported", "there is one graph, at the root"),
    "state.get": ("not_supported", "a conversation's state is at GET /threads/{thread_id}/state"),
    "state.listCheckpoints": ("not_supported", "a conversation goes on from its end only"),
    "state.fork": ("not_supported", "a conversation goes on from its end only"),
    "subscription.subscribe": ("not_supported", "open POST /threads/{thread_id}/stream/events"),
    "subscription.unsubscribe": ("not_supported", "close the event stream"),
    "subscription.reconnect": ("not_supported", "open the event stream again, with `since`"),
}

_CHANNEL = rf"^(?:{'|'.join(CHANNELS)}|custom:.+)$"
"""Of another nothing would ever be told, and whoever misspelt it would wait for ever."""

_OF_THE_COMMAND = (400, 404, 409, 422)
"""Statuses of what is wrong with a command; what is refused for another reason is a problem document."""

_RESULT: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemDocument, "description": "Nothing of yours can have that name."}
}


class Command(BaseModel):
    """A command of the protocol."""

    model_config = ConfigDict(extra="allow")

    id: int = Field(ge=0, le=2**53, description="Told back.")
    method: str = Field(max_length=100, description="`run.start`; others are refused by name.")
    params: dict[str, Any] = Field(default_factory=dict)


class EventStream(BaseModel):
    """Which events of a conversation."""

    model_config = ConfigDict(extra="allow")

    channels: list[Annotated[str, Field(max_length=200, pattern=_CHANNEL)]] = Field(
        min_length=1, max_length=50, description=f"Of {', '.join(CHANNELS)}, or `custom:NAME`."
    )
    namespaces: list[list[str]] | None = Field(None, max_length=100)
    depth: int | None = None
    since: int = Field(0, ge=0, le=2**53, description="Only events of a greater `seq`.")


def add_protocol_routes(app: FastAPI, service: Service, runs: ThreadRuns) -> None:
    """The routes."""

    @app.post("/threads/{thread_id}/commands", tags=["langgraph"])
    async def command(thread_id: PathName, asked: Command, request: Request, caller: Asker) -> dict[str, Any]:
        """`run.start`: ask in a conversation, which is begun where there is none. Its events are those of
        `/threads/{thread_id}/stream/events`. What is wrong with a command is a result of type `error`."""
        service.pincite(caller)
        if asked.method != "run.start":
            code, why = _NOT_HERE.get(asked.method, ("unknown_command", "there is no such command"))
            return _error(asked, code, why)
        try:
            return await _start(service, runs, request, caller, asked, thread_id)
        except ValidationError as error:
            first = error.errors()[0]
            return _error(asked, "invalid_argument", f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except PinciteError as error:
            if error.status not in _OF_THE_COMMAND:
                raise
            return _error(asked, "invalid_argument", str(error))

    @app.post(
        "/threads/{thread_id}/stream/events",
        tags=["langgraph"],
        response_class=Response,
        responses={
            **_RESULT,
            200: {"content": {EventSourceResponse.media_type: {"schema": {"type": "string"}}}},
        },
    )
    async def events(thread_id: PathName, asked: EventStream, caller: Asker) -> Response:
        """What goes on in a conversation of yours, from its newest run on, run after run, until you leave."""
        service.pincite(caller)
        check_name(thread_id)
        runs.check_streams(caller)
        chosen = Chosen(frozenset(asked.channels), asked.namespaces, asked.since)
        return EventSourceResponse(thread_events(service, runs, caller, thread_id, chosen))


async def _start(
    service: Service, runs: ThreadRuns, request: Request, caller: Caller, asked: Command, thread: str
) -> dict[str, Any]:
    body = RunBody.model_validate(asked.params)
    seen = last_number(runs.of(caller, thread))
    run = await begin_run(service, runs, request, caller, body, thread, create=True)
    result = {"run_id": run.run.id, "passed_over": list(run.passed_over)}
    return {"type": "success", "id": asked.id, "result": result, "meta": {"applied_through_seq": seen}}


def _error(asked: Command, code: str, why: str) -> dict[str, Any]:
    return {"type": "error", "id": asked.id, "error": code, "message": why}
