"""``POST /v1/answers/{id}/approvals``: what a person decided, and the run goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse

from app.api.contract import ApprovalRequest, ProblemDocument, WaitingAnswer
from app.api.outcome import events_of, written
from app.api.routes.answers import PROBLEMS, WAITS
from app.compose import Pincite
from graphs.contracts import Answer
from graphs.state import AskContext

GONE = "Nothing waits under this id and token: it was decided about, has expired, or never was."


def add_approval_routes(app: FastAPI, opened: Callable[[], Pincite], places: asyncio.Semaphore) -> None:
    """The route, over an opened application; ``places`` bounds how many are answered at once.

    Added to the application itself: LangGraph's server cannot take one that includes routers.
    """

    @app.post(
        "/v1/answers/{id}/approvals",
        tags=["answers"],
        response_model=Answer,
        responses={
            **PROBLEMS,
            202: {"model": WaitingAnswer, "description": WAITS},
            404: {"model": ProblemDocument, "description": GONE},
        },
    )
    async def approvals(id: str, decided: ApprovalRequest, request: Request) -> Response:
        """Approve, edit or reject the calls that a question waits with, and have it answered.

        The token came with the question's 202 or its ``approval`` event, and serves once. Answers as the
        question itself would: JSON or events, and 202 again where another tool would act.
        """
        runs, asker = opened().waiting, AskContext()
        decisions = [one.model_dump() for one in decided.decisions]
        if decided.stream or EventSourceResponse.media_type in request.headers.get("accept", ""):
            claimed = await runs.claim(id, decided.token, decisions, asker)
            return EventSourceResponse(events_of(runs.finish_stream(claimed), places))
        async with places:
            return written(await runs.finish(await runs.claim(id, decided.token, decisions, asker)))
