"""Pages of other origins that may use the API: what browsers are told, and may read of a response."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

_SENT = (
    "authorization", "content-type", "idempotency-key", "last-event-id", "traceparent", "x-api-key",
    "x-auth-scheme",
)  # fmt: skip
_READ = ("content-location", "location", "pincite-run", "retry-after", "x-request-id")


def let_pages_read(app: FastAPI, origins: Sequence[str]) -> None:
    """Answer a browser's question before a request (CORS) for pages of these origins and no others.

    Without cookies: such a page shows a key or a token of its own.
    """
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=list(_SENT),
        expose_headers=list(_READ),
        max_age=600,
    )
