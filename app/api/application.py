"""The FastAPI application: one route that answers, one that says whether it can."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.exceptions import HTTPException

from app.api.contract import AskRequest, ProblemDocument
from app.compose import Pincite
from app.errors import PinciteError
from graphs.contracts import Answer
from graphs.state import AskContext

UNEXPECTED = "Something went wrong that should not; the server's log says what."

logger = logging.getLogger(__name__)


def create_app(opened: Callable[[], Pincite], max_concurrent: int) -> FastAPI:
    """The HTTP API over an opened application.

    Callers are anonymous here: they are answered from documents that everyone may read.
    """
    app = FastAPI(
        title="Pincite",
        summary="Answers with the exact words that support them.",
        docs_url=None,
        redoc_url=None,
    )
    places = asyncio.Semaphore(max_concurrent)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, Any]:
        """Whether questions can be answered, and from how much."""
        registry = opened().registry
        return {
            "status": "ok",
            "passages": await asyncio.to_thread(registry.passage_count),
            "generation": await asyncio.to_thread(registry.generation),
        }

    @app.post(
        "/v1/answers",
        tags=["answers"],
        response_model=Answer,
        responses={code: {"model": ProblemDocument} for code in (422, 500, 504)},
    )
    async def answers(ask: AskRequest, request: Request) -> Response:
        """Answer a question: JSON, or server-sent events with ``stream`` or ``Accept: text/event-stream``.

        Events are ``step``, ``sentence`` (each checked before it is sent) and ``answer``, the last; in its
        place an ``error``, should the server break down.
        """
        if ask.stream or EventSourceResponse.media_type in request.headers.get("accept", ""):
            return EventSourceResponse(_events(opened(), ask, places))
        async with places:
            answer = await opened().aask(**_arguments(ask))
        if answer.status == "failed" and answer.problem is not None:
            return problem(
                504 if answer.problem.retryable else 500,
                answer.problem.code,
                answer.problem.message,
                retryable=answer.problem.retryable,
            )
        return Response(answer.model_dump_json(), media_type="application/json")

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"at": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors()
        ]
        return problem(422, "invalid-request", f"{found[0]['at']}: {found[0]['message']}", errors=found)

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        response = problem(error.status_code, f"http-{error.status_code}", str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(PinciteError)
    async def expected(_request: Request, error: PinciteError) -> JSONResponse:
        return _expected(error)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return problem(500, "internal-error", UNEXPECTED)

    return app


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retryable: bool = False,
    errors: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    """An RFC 9457 problem document as a response."""
    document = ProblemDocument(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        retryable=retryable,
        errors=errors or [],
    )
    return JSONResponse(document.model_dump(), status, media_type="application/problem+json")


def _expected(error: PinciteError) -> JSONResponse:
    """The problem document of an error raised on purpose: its message says what to do."""
    return problem(error.status, error.code, str(error), retryable=error.retryable)


async def _events(pincite: Pincite, ask: AskRequest, places: asyncio.Semaphore) -> AsyncIterator[bytes]:
    async with places:
        try:
            async for event in pincite.astream(**_arguments(ask)):
                yield _event(event.pop("type"), event)
        except PinciteError as error:
            logger.warning("a streamed answer failed", exc_info=error)
            yield _event("error", json.loads(bytes(_expected(error).body)))
        except Exception:
            logger.exception("a streamed answer broke down")
            yield _event("error", json.loads(bytes(problem(500, "internal-error", UNEXPECTED).body)))


def _event(kind: str, data: dict[str, Any]) -> bytes:
    # FastAPI's own: `sse-starlette` replaces a method of uvicorn's server when it is imported.
    return format_sse_event(event=kind, data_str=json.dumps(data, ensure_ascii=False))


def _arguments(ask: AskRequest) -> dict[str, Any]:
    return {
        "question": ask.question,
        "messages": [turn.model_dump() for turn in ask.messages],
        "filters": ask.filters,
        "context": AskContext(extractive=ask.extractive, chain=ask.chain),
    }
