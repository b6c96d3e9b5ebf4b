"""Which name the service is asked by, and from which page: before any work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.problem import problem

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestPlace:
    """The middleware. ``hosts``: names the service may be asked by, with or without a port; ``*`` for any.
    ``origins``: other pages that may change something. ``ours``: paths it is for, by their beginning."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], origins: Collection[str], ours: tuple[str, ...] = ("/",)
    ) -> None:
        self._app = app
        self._hosts = tuple(hosts)
        self._origins = frozenset(origins)
        self._ours = ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._ours):
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not host_allowed(host, self._hosts):
            # As DNS rebinding has it: another's name that leads here.
            return problem(
                421, "host-not-allowed", "this server is not asked by that name; see PINCITE_API__HOSTS"
            )
        origin = headers.get("origin")
        if scope["method"] in SAFE_METHODS or origin is None or origin in self._origins:
            return None
        if origin.partition("://")[2].lower() == host.lower():
            return None
        return foreign_page()


def foreign_page() -> JSONResponse:
    """What a request is refused with that another page makes."""
    return problem(403, "origin-not-allowed", "another page may not ask for this; see PINCITE_API__ORIGINS")


def host_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether a ``Host`` header names one of ours, whatever the port.

    >>> host_allowed("127.0.0.1:8000", ["127.0.0.1"]), host_allowed("evil.example", ["127.0.0.1"])
    (True, False)
    >>> host_allowed("[::1]:80", ["[::1]"]), host_allowed("a.example:1", ["*.example", "b"])
    (True, True)
    """
    whole = host.strip().lower()
    name = whole if whole.endswith("]") else whole.rpartition(":")[0] if ":" in whole else whole
    for one in allowed:
        pattern = one.lower()
        if pattern in ("*", name, whole):
            return True
        if pattern.startswith("*.") and name.endswith(pattern[1:]):
            return True
    return False
