"""``/v1/responses``: as clients of OpenAI's Responses API ask."""

from __future__ import annotations

import secrets
import time

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from app.api.auth.required import Asker
from app.api.service import Service
from app.api.wire.model_names import chosen_model
from app.api.wire.openai_errors import OPENAI_RESPONSES
from app.api.wire.responses_request import RESPONSES_RULES, ResponsesRequest, asked_in_input
from app.api.wire.responses_written import ResponseEvents, ResponseHead, response_of
from app.api.wire.wire_question import WireQuestion, answered, streamed_run


def add_responses_routes(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.post("/v1/responses", tags=["openai"], responses=OPENAI_RESPONSES)
    async def respond(asked: ResponsesRequest, request: Request, caller: Asker) -> Response:
        """Answer ``input``, as OpenAI's Responses API does: one response, or its events with ``stream``.

        As ``/v1/chat/completions`` otherwise. Responses are not kept under their ids.
        """
        model = chosen_model(service.pincite(caller).settings, asked.model)
        ignored = RESPONSES_RULES.passed_over(asked.model_extra or {})
        chat = asked_in_input(asked.input)
        question = WireQuestion(chat.question, chat.earlier, asked.pincite.filters, model)
        head = ResponseHead(
            id=f"resp_{secrets.token_hex(16)}",
            created=int(time.time()),
            model=asked.model,
            sources=asked.pincite.sources,
            passed_over=[*chat.passed_over, *ignored],
        )
        if asked.stream:
            return await streamed_run(service, request, caller, question, ResponseEvents(head))
        return JSONResponse(response_of(await answered(service, request, caller, question), head))
