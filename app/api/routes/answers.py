"""``POST /v1/answers``: answer a question, or say what a person must approve first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse

from app.api.contract import AskRequest, ProblemDocument, WaitingAnswer
from app.api.outcome import events_of, written
from app.compose import Pincite
from graphs.contracts import Answer
from graphs.state import AskContext

PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemDocument} for code in (422, 500, 504)}
WAITS = "The run waits for a person: approve, edit or reject each call at `/v1/answers/{id}/approvals`."


def add_answer_routes(app: FastAPI, opened: Callable[[], Pincite], places: asyncio.Semaphore) -> None:
    """The route, over an opened application; ``places`` bounds how many are answered at once.

    Added to the application itself: LangGraph's server cannot take one that includes routers.
    """

    @app.post(
        "/v1/answers",
        tags=["answers"],
        response_model=Answer,
        responses={**PROBLEMS, 202: {"model": WaitingAnswer, "description": WAITS}},
    )
    async def answers(ask: AskRequest, request: Request) -> Response:
        """Answer a question: JSON, or server-sent events with ``stream`` or ``Accept: text/event-stream``.

        Events are ``step``, ``sentence`` (each checked before it is sent) and ``answer``, the last; in its
        place an ``error``, should the server break down, or an ``approval``, where a tool would act: the run
        then waits for a person, as it does with status 202 where nothing is streamed.
        """
        pincite, context = opened(), AskContext(extractive=ask.extractive, chain=ask.chain)
        how: dict[str, Any] = {
            "messages": [turn.model_dump() for turn in ask.messages],
            "filters": ask.filters,
        }
        given = {"question": ask.question, **{name: value for name, value in how.items() if value}}
        streams = ask.stream or EventSourceResponse.media_type in request.headers.get("accept", "")
        if streams and pincite.may_ask:
            return EventSourceResponse(events_of(pincite.waiting.stream(given, context), places))
        if streams:
            stream = pincite.astream(question=ask.question, context=context, **how)
            return EventSourceResponse(events_of(stream, places))
        async with places:
            if pincite.may_ask:
                return written(await pincite.waiting.ask(given, context))
            return written(await pincite.aask(question=ask.question, context=context, **how))
