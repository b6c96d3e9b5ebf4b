"""Requests to the local model: its server is started by the first one."""

from __future__ import annotations

import asyncio

import httpx

from app.models.local.server import LlamaServer


class LocalTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request to ``server``, whatever host it names.

    Connections are not kept: a client may be used from several event loops, and one of a loop that has ended
    cannot be used again.
    """

    def __init__(self, server: LlamaServer) -> None:
        self._server = server
        limits = httpx.Limits(max_keepalive_connections=0)
        self._plain = httpx.HTTPTransport(verify=False, limits=limits)
        self._async = httpx.AsyncHTTPTransport(verify=False, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._plain.handle_request(self._aimed(request, self._server.address()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = await asyncio.to_thread(self._server.address)
        return await self._async.handle_async_request(self._aimed(request, address))

    def _aimed(self, request: httpx.Request, address: str) -> httpx.Request:
        place = httpx.URL(address)
        request.url = request.url.copy_with(scheme=place.scheme, host=place.host, port=place.port)
        request.headers["host"] = f"{place.host}:{place.port}"
        request.headers["authorization"] = f"Bearer {self._server.key}"
        return request
