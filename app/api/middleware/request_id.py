"""A name for each request, in its response and its log lines; and headers that every response has."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.{0,200})?")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

HEADERS: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


class RequestIds:
    """The middleware. ``scope["state"]["request_id"]`` is the request's name."""

    def __init__(self, app: ASGIApp, ours: tuple[str, ...] = ("/",)) -> None:
        self._app = app
        self._ours = ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._ours):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = request_id(headers)
        scope.setdefault("state", {})["request_id"] = name

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for key, value in {"x-request-id": name, "cache-control": "no-store", **HEADERS}.items():
                    headers.setdefault(key, value)
            await send(message)

        await self._app(scope, receive, named)


def request_id(headers: Mapping[str, str]) -> str:
    """The trace's id by ``traceparent`` (W3C Trace Context), else ``X-Request-Id`` where it is one, else new.

    >>> request_id({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    '4bf92f3577b34da6a3ce929d0e0e4736'
    >>> request_id({"x-request-id": "order-1234"}), len(request_id({"x-request-id": "bad\\nline"}))
    ('order-1234', 32)
    """
    traced = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    if traced and traced[1].strip("0"):
        return traced[1]
    given = headers.get("x-request-id", "")
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(16)
