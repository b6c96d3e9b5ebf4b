"""One call of the API: what is sent, and how the response is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx

from app.api.contract.problem import ProblemDocument
from app.errors import PinciteError

T = TypeVar("T")


class ProblemError(PinciteError, RuntimeError):
    """The server answered with a problem; the message is its ``detail``. ``code`` and ``retryable`` are the
    server's own, ``http_status`` its status, ``retry_after_s`` how long it asks to wait, where it does."""

    code = "server-problem"

    def __init__(self, problem: ProblemDocument, retry_after_s: float | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.code = problem.code
        self.retryable = problem.retryable
        self.http_status = problem.status
        self.retry_after_s = retry_after_s


class UnreachableError(PinciteError, ConnectionError):
    """The server cannot be reached, or its connection broke."""

    code = "server-unreachable"
    status = 502
    retryable = True


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """``read`` makes the result of a good response. ``again``: it may be sent twice without harm."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    body: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Any = None
    again: bool = True


def checked(response: httpx.Response) -> httpx.Response:
    """The response, where it is good. Raises ``ProblemError``; its body must have been read."""
    if response.is_success:
        return response
    waits = response.headers.get("retry-after", "")
    try:
        problem = ProblemDocument.model_validate_json(response.content)
    except ValueError:
        problem = ProblemDocument(
            title=response.reason_phrase,
            status=response.status_code,
            detail=f"the server answered {response.status_code} and gave no reason; is it Pincite?",
            code="not-a-problem-document",
            retryable=response.status_code in (502, 503, 504),
        )
    raise ProblemError(problem, float(waits) if waits.isdecimal() else None)
