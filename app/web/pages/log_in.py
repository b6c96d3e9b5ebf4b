"""``/log-in`` and ``/log-out``: a key is shown once, a cookie stands for it from then on."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.identity.caller import AuthenticationError
from app.identity.identify import session_store
from app.identity.sessions import COOKIE, SECURE_COOKIE, session_cookie
from app.web.site import Site

LOG_IN = "/log-in"
LOG_OUT = "/log-out"


def add_log_in_pages(app: FastAPI, site: Site) -> None:
    """The routes."""
    settings = site.service.settings
    sessions = session_store(settings)

    @app.get(LOG_IN, include_in_schema=False)
    async def log_in_page(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
        return site.page(request, "log_in.html", title="Log in", next=_own(next), why="")

    @app.post(LOG_IN, include_in_schema=False)
    async def log_in(
        request: Request,
        key: Annotated[str, Form(max_length=500)] = "",
        next: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        try:
            token, caller = await asyncio.to_thread(sessions.begin, key.strip())
        except AuthenticationError:
            why = "This key is not valid, or not any more. Ask who runs this server for another."
            return site.page(request, "log_in.html", 401, "Log in", next=_own(next), why=why)
        await site.service.note(request, caller, "sessions.begin", caller.key)
        response = RedirectResponse(_own(next), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(
            SECURE_COOKIE if secure else COOKIE,
            token,
            max_age=settings.auth.session_hours * 3600,
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return response

    @app.post(LOG_OUT, include_in_schema=False)
    async def log_out(request: Request) -> Response:
        token = session_cookie(request.headers)
        if token:
            await asyncio.to_thread(sessions.end, token)
        response = RedirectResponse(LOG_IN if settings.auth.required else "/", 303)
        for name, secure in ((COOKIE, False), (SECURE_COOKIE, True)):
            response.delete_cookie(name, secure=secure, httponly=True, samesite="lax")
        return response


def _own(address: str) -> str:
    """An address of this server; any other is its first page's.

    >>> _own("/documents?x=1"), _own("//evil.example"), _own("https://evil.example")
    ('/documents?x=1', '/', '/')
    """
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own else "/"
