"""The MCP server over standard input and output, for who started it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from io import TextIOWrapper

from app.api.wire.mcp.server import make_mcp_server, need_mcp
from app.api.wire.mcp.tools import McpAsker
from app.compose import Pincite
from graphs.state import AskContext


def serve_stdio(pincite: Pincite, user: str, groups: Sequence[str]) -> int:
    """Serve until standard input ends. Nothing but the protocol is written to what was standard output:
    whatever else is printed in this process goes to standard error from now on.

    Raises:
        McpExtraError: the extra is not installed.
    """
    need_mcp()
    sys.stdout.flush()
    protocol = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asyncio.run(_serve(McpAsker(pincite, AskContext(user=user, groups=list(groups)), nullcontext), protocol))
    return 0


async def _serve(asker: McpAsker, protocol: int) -> None:
    import anyio
    from mcp.server.stdio import stdio_server

    server = make_mcp_server(asker)
    with os.fdopen(protocol, "wb") as out:
        written = anyio.wrap_file(TextIOWrapper(out, encoding="utf-8"))
        async with stdio_server(stdout=written) as (read, write):
            await server.run(read, write, server.create_initialization_options())
