"""Failures as OpenAI's API says them, on the paths that speak it."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, Field

from app.api.contract.problem import ProblemDocument

OPENAI_PATHS = ("/v1/chat/completions", "/v1/models", "/v1/responses")


class OpenAiProblem(BaseModel):
    """What was wrong."""

    message: str
    type: str
    param: str | None = Field(description="The parameter that it is about.")
    code: str


class OpenAiErrorDocument(BaseModel):
    """An error as OpenAI's API has them."""

    error: OpenAiProblem


_EITHER: dict[str, Any] = {"model": OpenAiErrorDocument | ProblemDocument}

OPENAI_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {EventSourceResponse.media_type: {"schema": {"type": "string"}}}},
    400: {"model": OpenAiErrorDocument, "description": "A parameter cannot be done; `param` names it."},
    404: {"model": OpenAiErrorDocument, "description": "There is no such model."},
    504: {"model": OpenAiErrorDocument, "description": "The answer failed; asking again may help."},
    403: {**_EITHER, "description": "The caller, or the page that asks, may not."},
    500: {**_EITHER, "description": "The server broke down, or could not answer."},
    503: {**_EITHER, "description": "The server is busy, stopping, or lacks something."},
}
"""Of the routes on these paths; what is refused before they are reached stays a problem document."""

_CODES = {"model-not-found": "model_not_found", "unsupported-parameter": "unsupported_parameter"}
"""Our codes that OpenAI has too, as it spells them."""

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def as_asked(request: Request, problem: JSONResponse, param: str | None = None) -> JSONResponse:
    """A problem document as it is; on OpenAI's paths as OpenAI has errors. ``param``: what it is about."""
    if not request.url.path.startswith(OPENAI_PATHS):
        return problem
    document = json.loads(bytes(problem.body))
    # A request that does not fit is 400 there.
    status = 400 if document["status"] == 422 else document["status"]
    response = JSONResponse(openai_error(document, param), status)
    if status >= 500:
        # Its clients ask again after any of these, but for what this says.
        response.headers["x-should-retry"] = str(document["retryable"]).lower()
    for name in ("allow", "retry-after"):
        if name in problem.headers:
            response.headers[name] = problem.headers[name]
    return response


def openai_error(document: dict[str, Any], param: str | None = None) -> dict[str, Any]:
    """A problem document's data as an error's.

    >>> openai_error({"status": 400, "detail": "n: one", "code": "x"}, "n")["error"]["param"]
    'n'
    """
    status = document["status"]
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    message = document["detail"]
    code = _CODES.get(document["code"], document["code"])
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
