"""``/v1/answers``: ask, go on reading a stream, stop it; and answers as they were given."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse

from app.answers.stored_answer import read_answer
from app.api.asking import Asking
from app.api.auth.required import Asker
from app.api.contract.asking import AskRequest, WaitingAnswer
from app.api.contract.conversations import AnswerSummary
from app.api.contract.problem import ProblemDocument
from app.api.dropped import while_connected
from app.api.outcome import streamed, written
from app.api.routes.path_names import PathName
from app.api.running import NoSuchRunError
from app.api.service import Service
from app.identity.caller import Caller
from graphs.contracts import Answer

WAITS = "The run waits for a person: approve, edit or reject each call at `/v1/answers/{id}/approvals`."
STREAM: dict[str, Any] = {
    EventSourceResponse.media_type: {
        "schema": {
            "type": "object",
            "description": "One event; `data` is JSON.",
            "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
            "required": ["id", "event", "data"],
        }
    }
}


def add_answer_routes(app: FastAPI, service: Service) -> None:
    """The routes. Added to the application itself: LangGraph's server cannot take one that includes
    routers."""

    @app.post(
        "/v1/answers",
        tags=["answers"],
        response_model=Answer,
        responses={
            200: {"content": STREAM},
            202: {"model": WaitingAnswer, "description": WAITS},
            500: {"model": ProblemDocument},
            504: {"model": ProblemDocument},
        },
    )
    async def ask(
        asked: AskRequest,
        request: Request,
        caller: Asker,
        idempotency_key: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        """Answer a question: JSON, or server-sent events with ``stream`` or ``Accept: text/event-stream``.

        Events are ``step``, ``sentence`` (each checked before it is sent) and ``answer``, the last; in its
        place an ``error``, should the server break down, or an ``approval``, where a tool would act: the run
        then waits for a person, as it does with status 202 where nothing is streamed. Each has an id: a
        stream that broke goes on at ``/v1/answers/runs/{run}/events`` with ``Last-Event-ID``. JSON that is
        asked for again with the same ``Idempotency-Key`` is answered once.
        """
        asking = Asking(service, request, caller, asked)
        if asked.stream or EventSourceResponse.media_type in request.headers.get("accept", ""):
            return streamed(service.running, await asking.start(), service.settings.api.ping_s)

        async def answer() -> Response:
            return written(await asking.answer())

        body = await request.body()
        return await while_connected(
            request, service.repeated.once(caller, idempotency_key, "/v1/answers", body, answer)
        )

    @app.get(
        "/v1/answers/runs/{run}/events",
        tags=["answers"],
        response_class=Response,
        responses={200: {"content": STREAM}, 404: {"model": ProblemDocument}},
    )
    async def resume(
        run: PathName,
        caller: Asker,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
        after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        """Go on reading a stream after ``Last-Event-ID``, or after event number ``after``.

        A run is stopped some seconds after its last reader left, and can be read for a minute after it ended.
        """
        found = service.running.find(caller, run)
        named, _, number = last_event_id.rpartition("-")
        if last_event_id and (named != run or not number.isdecimal()):
            raise NoSuchRunError("the Last-Event-ID is not of this run")
        seen = int(number) if last_event_id else after
        return streamed(service.running, found, service.settings.api.ping_s, seen)

    @app.delete(
        "/v1/answers/runs/{run}",
        tags=["answers"],
        status_code=204,
        responses={404: {"model": ProblemDocument}},
    )
    async def stop(run: PathName, caller: Asker) -> None:
        """Stop an answer that is being made, with its model's call. Its stream ends with ``stopped``."""
        await service.running.stop(service.running.find(caller, run))

    @app.get("/v1/answers", tags=["answers"])
    async def stored(
        caller: Asker,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        everybody: Annotated[bool, Query(description="Not only yours; for reviewers.")] = False,
    ) -> list[AnswerSummary]:
        """Your stored answers, the newest first."""
        found = await asyncio.to_thread(
            service.pincite(caller).corpus.answers.list, limit, whose(caller, everybody)
        )
        return [
            AnswerSummary(
                id=one.id,
                asked_at=one.asked_at,
                status=one.status,
                question=one.question,
                citations=one.citations,
            )
            for one in found
        ]

    @app.get("/v1/answers/{id}", tags=["answers"], responses={404: {"model": ProblemDocument}})
    async def stored_answer(
        id: PathName,
        caller: Asker,
        everybody: Annotated[bool, Query(description="Not only yours; for reviewers.")] = False,
    ) -> Answer:
        """A stored answer of yours, with its receipt."""
        answers = service.pincite(caller).corpus.answers
        return read_answer(await asyncio.to_thread(answers.get, id, whose(caller, everybody)))

    @app.delete(
        "/v1/answers/{id}", tags=["answers"], status_code=204, responses={404: {"model": ProblemDocument}}
    )
    async def delete_answer(id: PathName, request: Request, caller: Asker) -> None:
        """Delete a stored answer of yours, with its receipt and the feedback on it."""
        await service.note(request, caller, "answers.delete", id)
        answers = service.pincite(caller).corpus.answers
        await asyncio.to_thread(answers.delete, id, caller.user)


def whose(caller: Caller, everybody: bool) -> str | None:
    """Whose answers are meant: the caller's; None, everybody's, where a reviewer says so.

    Raises:
        NotAllowedError: only reviewers may.
    """
    if not everybody:
        return caller.user
    caller.need("reviewer")
    return None
