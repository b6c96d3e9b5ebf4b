"""``/mcp``: the MCP server over streamable HTTP, without sessions; who calls is known as for every route."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from app.api.asking import context_of
from app.api.auth.required import Asker
from app.api.contract.problem import ProblemDocument
from app.api.dropped import while_connected
from app.api.problem import problem
from app.api.service import Service
from app.api.wire.mcp.server import make_mcp_server
from app.api.wire.mcp.tools import McpAsker
from app.controls.deadline import Deadline

PATH = "/mcp"

_ERROR: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
_SAID: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JSON-RPC response."},
    202: {"description": "A notification was taken."},
    400: {**_ERROR, "description": "No message of JSON-RPC."},
    406: {**_ERROR, "description": "The client does not accept JSON."},
    415: {"model": ProblemDocument, "description": "The body is not said to be JSON."},
    501: {"model": ProblemDocument, "description": "The extra is not installed."},
}


def add_mcp_routes(app: FastAPI, service: Service) -> None:
    """The route. Each request stands alone, and is answered with JSON; there is no stream to listen to."""

    @app.post(PATH, tags=["mcp"], responses=_SAID)
    async def mcp(request: Request, caller: Asker) -> Response:
        """One message of the Model Context Protocol: the tools ``search``, ``read``, ``ask`` and ``check``.

        For MCP clients over streamable HTTP. Needs the extra ``mcp``.
        """
        if not request.headers.get("content-type", "").startswith("application/json"):
            # The SDK's own refusal is a text without a type.
            return problem(415, "not-json", "send the message as application/json")
        deadline = Deadline.after(service.settings.answer.deadline_s)
        context = context_of(caller, deadline)
        asker = McpAsker(service.pincite(caller), context, lambda: service.place(caller))
        server = make_mcp_server(asker)
        body = await request.body()
        return await while_connected(request, _answered(server, request, body))


async def _answered(server: Any, request: Request, body: bytes) -> Response:
    """What the SDK's transport answers, in a task group of its own: nothing outlives the request."""
    import anyio
    from mcp.server.streamable_http import StreamableHTTPServerTransport

    transport = StreamableHTTPServerTransport(None, is_json_response_enabled=True)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async with transport.connect() as (read, write), anyio.create_task_group() as tasks:

        async def run() -> None:
            await server.run(read, write, server.create_initialization_options(), stateless=True)

        tasks.start_soon(run)
        await transport.handle_request(request.scope, receive, send)
        await transport.terminate()
        tasks.cancel_scope.cancel()
    return _response(sent)


def _response(sent: list[Message]) -> Response:
    start = next(one for one in sent if one["type"] == "http.response.start")
    content = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    headers = MutableHeaders(raw=list(start["headers"]))
    del headers["content-length"]
    return Response(content, start["status"], headers)
