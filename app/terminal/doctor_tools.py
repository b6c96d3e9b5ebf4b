"""The lines of ``pincite doctor`` about tools: which are offered, and how each is called."""

from __future__ import annotations

from collections.abc import Iterator

from app.settings import Settings
from app.terminal.health import HealthCheck
from app.terminal.tools import policy, tool_lines
from app.toolbox.mcp.calls import need_adapters
from app.toolbox.mcp.servers import McpError, connection_of, read_servers


def tool_checks(settings: Settings) -> Iterator[HealthCheck]:
    """One finding a tool, but for those of extensions, which have theirs. Nothing is contacted."""
    try:
        if settings.mcp.servers is not None:
            need_adapters()
            for name, server in read_servers(settings.mcp.servers).items():
                connection_of(name, server)
        lines = [one for one in tool_lines(settings) if one.whose.startswith(("Pincite", "MCP server"))]
    except McpError as error:
        yield HealthCheck("broken", "MCP servers", str(error))
        return
    for one in lines:
        told = f"; {policy(one.declaration)}" if one.declaration is not None else ""
        if one.state == "offered":
            yield HealthCheck("ok", f"tool {one.name}", f"{one.whose}{told}")
        elif one.state.startswith("not named"):
            yield HealthCheck("off", f"tool {one.name}", one.state)
        else:
            detail = f"{one.whose}: {one.state}, so it is not offered; look at it: pincite tools pin"
            yield HealthCheck("missing", f"tool {one.name}", detail)
    calls = settings.answer.max_tool_calls
    yield HealthCheck(
        "ok" if calls else "off",
        "tool calls",
        f"{calls} for an answer at most; the model is told how many are left",
    )


def server_contacts(settings: Settings) -> Iterator[str]:
    """MCP servers that a model's call would reach."""
    if settings.mcp.servers is None:
        return
    try:
        servers = read_servers(settings.mcp.servers)
    except McpError:
        return
    for name, server in servers.items():
        yield f"MCP server {name} at {server.shown}, when a model calls its tools"
