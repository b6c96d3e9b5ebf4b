"""How much a request may send, how long it may take and how deep it may go: before any work."""

from __future__ import annotations

import asyncio
import json

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware.request_place import SAFE_METHODS
from app.api.problem import problem

MOST_NESTING = 32
"""Levels of lists and objects in a JSON body."""


class RequestBody:
    """The middleware. A body is taken whole, looked at, and handed on.

    ``most``: its bytes at most. ``uploads``: requests, by their method and the beginning of their path (``PUT
    /files/``), whose bodies are files: not held in memory, and of ``most_upload`` bytes. ``seconds``: how
    long all of it, or of a file the next piece, may take. ``ours``: paths it is for, by their beginning.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        seconds: float,
        *,
        uploads: tuple[str, ...] = (),
        most_upload: int = 0,
        ours: tuple[str, ...] = ("/",),
    ) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._uploads = uploads
        self._most_upload = most_upload
        self._ours = ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._ours):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        upload = bool(self._uploads) and f"{scope['method']} {scope['path']}".startswith(self._uploads)
        most = self._most_upload if upload else self._most
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await _too_large(most)(scope, receive, send)
        elif upload:
            await self._app(scope, self._counted(receive, most), send)
        elif scope["method"] in SAFE_METHODS and length == "0":
            await self._app(scope, receive, send)
        else:
            body = await self._whole(receive, most)
            if isinstance(body, bytes):
                refused = _nested(body, headers) or _halved(body, headers)
                await (refused or self._app)(scope, _replayed(body, receive), send)
            elif body is not None:
                await body(scope, receive, send)

    async def _whole(self, receive: Receive, most: int) -> bytes | ASGIApp | None:
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    if len(body) > most:
                        return _too_large(most)
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            return problem(408, "too-slow", f"the body did not come within {self._seconds:g} s")

    def _counted(self, receive: Receive, most: int) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            try:
                async with asyncio.timeout(self._seconds):
                    message = await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}
            seen += len(message.get("body", b""))
            # The route notices that less came than was announced; more cannot be announced.
            return message if seen <= most else {"type": "http.disconnect"}

        return counted


def nesting(body: bytes) -> int:
    """How deep lists and objects of a JSON text go; brackets within strings do not count.

    >>> nesting(b'{"a": [1, "[[["]}')
    2
    """
    depth = deepest = 0
    inside = escaped = False
    for byte in body:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _nested(body: bytes, headers: Headers) -> ASGIApp | None:
    # Counted first, which is quick: only what has many brackets is walked through.
    if body.count(b"[") + body.count(b"{") <= MOST_NESTING:
        return None
    if "json" in headers.get("content-type", "json") and nesting(body) > MOST_NESTING:
        return problem(422, "too-nested", f"lists and objects go more than {MOST_NESTING} levels deep")
    return None


def _halved(body: bytes, headers: Headers) -> ASGIApp | None:
    """Half a character can be written in JSON, but neither stored, sent on nor answered."""
    if b"\\ud" not in body.lower() or "json" not in headers.get("content-type", "json"):
        return None
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return problem(422, "half-character", "the body holds half a character (a lone surrogate)")
    except ValueError:  # no JSON: who reads it says so
        return None
    return None


def _too_large(most: int) -> ASGIApp:
    return problem(413, "too-large", f"the body may have {most:,} bytes at most")


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
