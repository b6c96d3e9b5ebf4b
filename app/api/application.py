"""The FastAPI application: questions, what waits for a person, and whether it can answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.api.problem import UNEXPECTED, expected_problem, problem
from app.api.routes.answers import add_answer_routes
from app.api.routes.approvals import add_approval_routes
from app.compose import Pincite
from app.errors import PinciteError


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

    add_answer_routes(app, opened, places)
    add_approval_routes(app, opened, places)

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
        return expected_problem(error)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return problem(500, "internal-error", UNEXPECTED)

    return app
