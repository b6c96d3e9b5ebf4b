"""``/v1/chat/completions`` and ``/v1/models``: as clients of OpenAI's chat API ask."""

from __future__ import annotations

import secrets
import time
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from app.api.auth.required import Asker
from app.api.service import Service
from app.api.wire.chat_request import CHAT_RULES, ChatRequest
from app.api.wire.chat_written import ChatChunks, ChatHead, chat_completion
from app.api.wire.conversation import asked_in
from app.api.wire.model_names import chosen_model, model_names
from app.api.wire.openai_errors import OPENAI_RESPONSES
from app.api.wire.wire_question import WireQuestion, answered, streamed_run

_LISTED = {status: said for status, said in OPENAI_RESPONSES.items() if status != 200}


def add_chat_routes(app: FastAPI, service: Service) -> None:
    """The routes."""

    @app.post("/v1/chat/completions", tags=["openai"], responses=OPENAI_RESPONSES)
    async def complete(asked: ChatRequest, request: Request, caller: Asker) -> Response:
        """Answer the last message of a chat, as OpenAI's chat completions do; in chunks with ``stream``.

        The text has a mark after each sentence and its sources below; the whole answer is in ``pincite``.
        Parameters that cannot be done are refused by name.
        """
        # Of the caller's tenant: its chains are those of the application that answers.
        model = chosen_model(service.pincite(caller).settings, asked.model)
        ignored = CHAT_RULES.passed_over(asked.model_extra or {})
        chat = asked_in(asked.messages, "messages")
        question = WireQuestion(chat.question, chat.earlier, asked.pincite.filters, model)
        head = ChatHead(
            id=f"chatcmpl-{secrets.token_hex(12)}",
            created=int(time.time()),
            model=asked.model,
            sources=asked.pincite.sources,
            passed_over=[*chat.passed_over, *ignored],
        )
        if asked.stream:
            usage = asked.stream_options is not None and asked.stream_options.include_usage
            return await streamed_run(service, request, caller, question, ChatChunks(head, usage))
        return JSONResponse(chat_completion(await answered(service, request, caller, question), head))

    @app.get("/v1/models", tags=["openai"], responses=_LISTED)
    async def models(caller: Asker) -> dict[str, Any]:
        """The names that ``model`` may have: ``pincite``, ``pincite-extractive``, and one for each chain."""
        found = [_model(name) for name in model_names(service.pincite(caller).settings)]
        return {"object": "list", "data": found}

    @app.get("/v1/models/{name}", tags=["openai"], responses=_LISTED)
    async def model(name: str, caller: Asker) -> dict[str, Any]:
        """One of them."""
        chosen_model(service.pincite(caller).settings, name)
        return _model(name)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "pincite"}
