"""An MCP server for one caller. The SDK's low-level server: its high-level one sets up the process's logs."""

from __future__ import annotations

import logging
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from app.api.advice import advised
from app.api.problem import UNEXPECTED
from app.api.wire.mcp.tools import SERVED, McpAsker
from app.errors import PinciteError
from tools.scoped_search import RequestError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.types import CallToolResult, Tool

logger = logging.getLogger(__name__)

INSTRUCTIONS = (
    "Answers and passages of a team's own documents. `ask` for an answer with checked citations; `search` "
    "and `read` for the words themselves. Results say in _meta.ifc who may know them."
)


class McpExtraError(PinciteError):
    """What MCP needs is not installed."""

    code = "mcp-extra"
    status = 501


def need_mcp() -> None:
    """Raises ``McpExtraError``."""
    if find_spec("mcp") is None:
        raise McpExtraError("MCP needs the extra: pip install 'pincite[mcp]'")


def make_mcp_server(asker: McpAsker) -> Server[Any, Any]:
    """Its tools are those of ``SERVED``, as this caller may use them.

    Raises:
        McpExtraError: the extra is not installed.
    """
    need_mcp()
    from mcp.server.lowlevel import Server

    server: Server[Any, Any] = Server("pincite", version=_version(), instructions=INSTRUCTIONS)

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_tools() -> list[Tool]:
        return listed()

    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> CallToolResult:
        return await called(asker, name, arguments)

    return server


def _version() -> str:
    try:
        return version("pincite")
    except PackageNotFoundError:
        return "unknown"


def listed() -> list[Tool]:
    """The tools as MCP lists them."""
    from mcp.types import Tool, ToolAnnotations

    return [
        Tool(
            name=name,
            title=one.title,
            description=one.description,
            inputSchema=one.given.model_json_schema(),
            outputSchema=one.gives.model_json_schema(),
            annotations=ToolAnnotations(
                readOnlyHint=one.only_reads, destructiveHint=False, openWorldHint=False
            ),
        )
        for name, one in SERVED.items()
    ]


async def called(asker: McpAsker, name: str, arguments: dict[str, Any]) -> CallToolResult:
    """The result of a call; what failed is one line in it."""
    from mcp.types import CallToolResult, TextContent

    try:
        if name not in SERVED:
            raise RequestError(f"there is no tool of that name; there are {', '.join(SERVED)}")
        tool = SERVED[name]
        given = tool.given.model_validate(arguments)
        async with asker.place():
            said = await tool.call(asker, given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return _failed(f"{where}: {first['msg']}" if where else first["msg"])
    except PinciteError as error:
        return _failed(advised(error))
    except RequestError as error:
        return _failed(str(error))
    except Exception:  # as every wire: what broke down is for the log, and not for the caller
        logger.exception("an MCP tool broke down")
        return _failed(UNEXPECTED)
    content = [TextContent(type="text", text=said.text)]
    return CallToolResult(content=content, structuredContent=said.data, _meta=said.meta)


def _failed(why: str) -> CallToolResult:
    from mcp.types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(type="text", text=why)], isError=True)
