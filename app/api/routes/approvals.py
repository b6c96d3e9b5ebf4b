"""``POST /v1/answers/{id}/approvals``: what a person decided, and the run goes on."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse

from app.api.asking import context_of, known_of
from app.api.auth.required import Asker
from app.api.contract.asking import ApprovalRequest, WaitingAnswer
from app.api.contract.problem import ProblemDocument
from app.api.dropped import while_connected
from app.api.outcome import streamed, told_events, written
from app.api.routes.answers import STREAM, WAITS
from app.api.routes.path_names import PathName
from app.api.service import Service
from graphs.contracts import Answer

GONE = "Nothing waits under this id and token: it was decided about, has expired, or never was."


def add_approval_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.post(
        "/v1/answers/{id}/approvals",
        tags=["answers"],
        response_model=Answer,
        responses={
            200: {"content": STREAM},
            202: {"model": WaitingAnswer, "description": WAITS},
            404: {"model": ProblemDocument, "description": GONE},
            500: {"model": ProblemDocument},
            504: {"model": ProblemDocument},
        },
    )
    async def approvals(id: PathName, decided: ApprovalRequest, request: Request, caller: Asker) -> Response:
        """Approve, edit or reject the calls that a question waits with, and have it answered.

        The token came with the question's 202 or its ``approval`` event, and serves once. Answers as the
        question itself would: JSON or events, and 202 again where another tool would act.
        """
        runs = service.pincite(caller).waiting
        decisions = [one.model_dump() for one in decided.decisions]
        if decided.stream or EventSourceResponse.media_type in request.headers.get("accept", ""):
            async with AsyncExitStack() as entered:
                deadline = await while_connected(request, service.admit(caller, entered))
                asker = context_of(caller, deadline)
                claimed = await runs.claim(id, decided.token, decisions, asker)
                events = told_events(runs.finish_stream(claimed, known_of(request)), service.drain)
                run = service.running.start(caller, events, entered.pop_all())
            return streamed(service.running, run, service.settings.api.ping_s)

        async def answer() -> Response:
            async with service.place(caller) as deadline:
                asker = context_of(caller, deadline)
                claimed = await runs.claim(id, decided.token, decisions, asker)
                return written(await runs.finish(claimed, known_of(request)))

        return await while_connected(request, answer())
