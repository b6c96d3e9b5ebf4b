"""Who calls, established before a request's body is read."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.middleware.request_place import SAFE_METHODS, foreign_page
from app.api.problem import ProblemShown, as_problem, expected_problem
from app.errors import PinciteError
from app.identity.caller import AuthenticationError
from app.identity.identify import Identification

OPEN_PATHS = ("/healthz", "/readyz", "/docs", "/openapi.json")
"""By their beginning: they tell nothing of anybody, and are for everybody."""


THREADS = 2
"""Their own, so that who is to be refused does not wait behind the searches of those who are answered."""

SHOWN_IN = ("authorization", "x-api-key")
"""Headers that may show who calls. Of two of a name a proxy before us might have looked at the other."""


class IdentifiedRequests:
    """The middleware. ``scope["state"]["caller"]`` is who calls; nobody unknown gets past it.

    ``ours``: paths it is for, by their beginning. ``open_paths``: more that are for everybody.
    """

    def __init__(
        self,
        app: ASGIApp,
        identify: Identification,
        ours: tuple[str, ...] = ("/",),
        open_paths: tuple[str, ...] = (),
        shown: ProblemShown = as_problem,
    ) -> None:
        self._app = app
        self._open = (*OPEN_PATHS, *open_paths)
        self._shown = shown
        self._identify = identify
        self._ours = ours
        self._threads = ThreadPoolExecutor(THREADS, "pincite identity")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"].startswith(self._ours)
        if not is_ours or scope["path"].startswith(self._open):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if any(len(headers.getlist(name)) > 1 for name in SHOWN_IN):
                raise AuthenticationError("two keys or tokens are shown; show one")
            loop = asyncio.get_running_loop()
            caller = await loop.run_in_executor(self._threads, self._identify, headers)
        except PinciteError as error:
            refused = expected_problem(error)
            if isinstance(error, AuthenticationError):
                refused.headers["www-authenticate"] = 'Bearer realm="pincite"'
            await self._shown(scope, refused)(scope, receive, send)
            return
        # A browser sends a cookie for whichever page asks: it must say that the page is ours.
        if caller.by == "session" and scope["method"] not in SAFE_METHODS and not _same_page(headers):
            await self._shown(scope, foreign_page())(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)


def _same_page(headers: Headers) -> bool:
    """Whether a browser says that a page of this server asks; its ``Origin`` was looked at before."""
    return "origin" in headers or headers.get("sec-fetch-site") == "same-origin"
