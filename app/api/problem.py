"""RFC 9457 problem documents as responses."""

from __future__ import annotations

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse, Response
from starlette.types import Scope

from app.api.advice import advised
from app.api.contract.problem import ProblemDocument
from app.errors import PinciteError

PROBLEM_TYPE = "application/problem+json"

ProblemShown = Callable[[Scope, JSONResponse], Response]
"""A request and the problem document that answers it -> the same as its reader is to see it."""

UNEXPECTED = "Something went wrong that should not; the server's log says what."


def as_problem(_scope: Scope, document: JSONResponse) -> Response:
    """The document itself, for programs."""
    return document


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retryable: bool = False,
    errors: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    """A problem document as a response."""
    document = ProblemDocument(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        retryable=retryable,
        errors=errors or [],
    )
    return JSONResponse(document.model_dump(), status, media_type=PROBLEM_TYPE)


def expected_problem(error: PinciteError) -> JSONResponse:
    """The problem document of an error raised on purpose: its message says what to do over the API."""
    response = problem(error.status, error.code, advised(error), retryable=error.retryable)
    seconds = getattr(error, "retry_after_s", None)
    if seconds is not None:
        response.headers["retry-after"] = str(math.ceil(seconds))
    return response
