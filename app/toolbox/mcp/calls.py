"""One call of an MCP tool in a session of its own: what it is now is held against what was pinned first."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from langchain_core.tools import BaseTool

from app.toolbox.mcp.pins import digest
from app.toolbox.mcp.servers import McpError, McpServer, connection_of
from tools.scoped_search import RequestError

MOST_RESULT = 12_000
"""Characters of a result: it is evidence, and is kept in the receipt as a whole."""


class ChangedToolError(McpError, RequestError):
    """The tool is not what was pinned any more."""

    code = "mcp-changed"


class McpCallError(McpError, RequestError):
    """A call that brought nothing to cite; the message is ours, without a word of the server."""

    code = "mcp-call"


@dataclass(frozen=True, slots=True)
class McpResult:
    """``text``: all that it said in words. ``meta``: the result's ``_meta`` and those of its parts."""

    text: str
    meta: tuple[Mapping[str, Any], ...]


class McpUnreachableError(McpCallError):
    """A server that could not be asked; it may be there a moment later."""

    code = "mcp-unreachable"
    retryable = True


def need_adapters() -> None:
    """Raises ``McpError`` where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("langchain_mcp_adapters") is None:
        raise McpError("PINCITE_MCP__SERVERS needs the extra: pip install 'pincite[mcp]'")


async def listed_tools(name: str, server: McpServer) -> dict[str, BaseTool]:
    """The server's tools as it lists them now, by name.

    Raises:
        McpError: it cannot be reached; the message says which server, and nothing that it said.
    """
    import asyncio

    try:
        async with asyncio.timeout(server.connect_timeout_s), _session(name, server) as session:
            return await _tools(session)
    except McpError:
        raise
    except TimeoutError:
        raise McpError(f"the MCP server {name} did not answer in {server.connect_timeout_s:g} s") from None
    except Exception as error:  # a server may fail in any way, and its words may hold anything
        raise McpError(f"the MCP server {name} cannot be asked ({_kind(error)})") from None


async def call_tool(
    name: str, server: McpServer, tool: str, pinned: str, arguments: Mapping[str, Any], timeout_s: float
) -> McpResult:
    """The result of one call, ``pinned`` being the hash that the tool must have.

    Raises:
        ChangedToolError: it has another.
        McpCallError: it failed, or said too much or nothing in words.
    """
    held: list[Any] = []
    same = False
    try:
        async with _session(name, server, timeout_s) as session:
            now = (await _tools(session, held)).get(tool)
            same = now is not None and digest(*said_of(now)) == pinned
            if now is not None and same:
                await now.ainvoke({"type": "tool_call", "id": "1", "name": now.name, "args": dict(arguments)})
    except (McpError, TimeoutError):
        raise
    except Exception as error:
        if not held:
            raise McpUnreachableError(f"the MCP server {name} cannot be asked ({_kind(error)})") from None
    # Out here: what is raised in a session comes out of it as a group of errors.
    if not same:
        raise ChangedToolError(
            f"the tool {tool} of the MCP server {name} is not what was pinned any more: "
            "an operator may look at it and pin it again (pincite tools pin)"
        )
    return _result(name, held)


def said_of(tool: BaseTool) -> tuple[str, dict[str, Any]]:
    """What a tool says of itself: its words, and its schema with its annotations."""
    schema = tool.args_schema if isinstance(tool.args_schema, dict) else {}
    return tool.description, {**schema, "x-annotations": dict(tool.metadata or {})}


@asynccontextmanager
async def _session(name: str, server: McpServer, timeout_s: float | None = None) -> AsyncIterator[Any]:
    need_adapters()
    from langchain_mcp_adapters.sessions import create_session

    connection: Any = connection_of(name, server)
    limit = timeout_s or server.connect_timeout_s
    connection["session_kwargs"] = {"read_timeout_seconds": timedelta(seconds=limit)}
    if "url" in connection:
        connection["sse_read_timeout"] = limit
        connection["httpx_client_factory"] = _client
        async with create_session(connection) as session:
            await session.initialize()
            yield session
        return
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    started = StdioServerParameters(**{key: connection[key] for key in ("command", "args", "env")})
    # What a server writes beside the protocol is a stranger's words: it reaches no terminal and no log.
    with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230 - the null device does not block
        async with (
            stdio_client(started, errlog=nowhere) as streams,
            ClientSession(*streams, **connection["session_kwargs"]) as session,
        ):
            await session.initialize()
            yield session


def _client(headers: Any = None, timeout: Any = None, auth: Any = None) -> Any:
    """A client that goes nowhere but where it is told: no redirects, no proxies of the environment."""
    import httpx

    return httpx.AsyncClient(
        headers=headers, timeout=timeout, auth=auth, follow_redirects=False, trust_env=False
    )


async def _tools(session: Any, held: list[Any] | None = None) -> dict[str, BaseTool]:
    from langchain_mcp_adapters.tools import load_mcp_tools

    async def hold(request: Any, handler: Any) -> Any:
        result = await handler(request)
        if held is not None:
            held.append(result)
        return result

    tools = await load_mcp_tools(session, tool_interceptors=[hold])
    return {tool.name: tool for tool in tools}


def _result(name: str, held: list[Any]) -> McpResult:
    """What it said in words: pictures and links cannot be cited."""
    (result,) = held
    if result.isError:
        raise McpCallError(f"the MCP server {name} says that the call failed")
    texts = [text for one in result.content if (text := _words(one)).strip()]
    text = "\n\n".join(texts)
    if len(text) > MOST_RESULT:
        told = f"the result has {len(text)} characters, more than {MOST_RESULT}: ask for less"
        raise McpCallError(told)
    if not text.strip():
        raise McpCallError("the result holds no words, and nothing else can be cited")
    metas = [result.meta, *(getattr(one, "meta", None) for one in result.content)]
    return McpResult(text, tuple(one for one in metas if one))


def _words(content: Any) -> str:
    resource = getattr(content, "resource", None)
    return str(getattr(content, "text", "") or getattr(resource, "text", "") or "")


def _kind(error: BaseException) -> str:
    """The class of the innermost error: task groups wrap one."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return type(error).__name__
