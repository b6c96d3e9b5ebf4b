"""Tools of MCP servers as LangChain tools: of each what is pinned, called as the operator declares."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from langchain_core.documents import Document
from langchain_core.tools import BaseTool, StructuredTool

from app.toolbox.mcp.calls import ChangedToolError, McpResult, call_tool, need_adapters
from app.toolbox.mcp.pins import PinFile, PinnedTool
from app.toolbox.mcp.servers import McpError, McpServer, declared, read_servers
from graphs.nodes.argument_labels import KEPT, LABELS, PUBLIC, TOOL
from tools.policy.decide import rule_of_two
from tools.policy.declaration import ToolDeclaration, declare
from tools.policy.ifc import ServerLabel, read_ifc
from tools.policy.labels import Labels

logger = logging.getLogger(__name__)

State = Literal["pinned", "not pinned", "changed"]
_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class McpTool:
    """One tool that the operator allows, and what is known of it."""

    server: str
    tool: str
    declaration: ToolDeclaration
    state: State
    pinned: PinnedTool | None = None

    @property
    def name(self) -> str:
        """What the graph and models call it."""
        return f"{self.server}_{self.tool}"


def pin_file(folder: Path) -> PinFile:
    """The pins of a tenant, whose folder this is."""
    return PinFile(folder / "mcp-pins.json")


def allowed_tools(servers: Mapping[str, McpServer], pins: PinFile) -> list[McpTool]:
    """Every tool that the servers' file allows, by server. Nothing is contacted."""
    known = pins.read()
    found: list[McpTool] = []
    for name, server in servers.items():
        for tool in server.tools:
            pinned = known.get(name, {}).get(tool)
            state: State = "not pinned" if pinned is None else "changed" if pinned.changed_at else "pinned"
            found.append(McpTool(name, tool, declared(name, server, tool), state, pinned))
    return found


def mcp_tools(path: Path | None, folder: Path, taken: Collection[str]) -> list[BaseTool]:
    """The tools that are offered: allowed, pinned, and not found changed since. Nothing is contacted; the log
    has a line on each that is not offered.

    Raises:
        McpError: the file of servers or the pins cannot be used, or the extra is not installed.
    """
    if path is None:
        return []
    servers, pins = read_servers(path), pin_file(folder)
    if servers:
        need_adapters()
    made: list[BaseTool] = []
    for one in allowed_tools(servers, pins):
        if one.pinned is None or one.state != "pinned":
            logger.warning("the MCP tool %s is not offered: %s", one.name, why_not(one))
            continue
        for wrong in _wrong(one, {*taken, *(tool.name for tool in made)}):
            raise McpError(wrong)
        made.append(_tool(one, servers[one.server], one.pinned, pins))
    return made


def why_not(one: McpTool) -> str:
    """Why a tool is not offered."""
    if one.state == "changed":
        return "its server says something else of it than was pinned; look at it: pincite tools pin"
    return "nobody has pinned it; look at it: pincite tools pin"


def _wrong(one: McpTool, taken: Collection[str]) -> Iterator[str]:
    if not one.name.replace("_", "").replace("-", "").isalnum() or not one.name.isascii():
        yield f"the MCP tool {one.name!r} has a name that providers refuse"
    if len(one.name) > _NAME_CHARACTERS:
        yield f"the MCP tool {one.name!r} has a name of more than {_NAME_CHARACTERS} characters"
    if one.name in taken:
        yield f"the MCP tool {one.name!r} has a name that is in use; call its server something else"
    if wrong := rule_of_two(one.name, one.declaration):
        yield wrong


def _tool(one: McpTool, server: McpServer, pinned: PinnedTool, pins: PinFile) -> BaseTool:
    changed = asyncio.Event()

    async def call(**arguments: Any) -> tuple[str, list[Document]]:
        if changed.is_set():
            raise ChangedToolError(
                f"the tool {one.name} is not offered: {why_not(replace(one, state='changed'))}"
            )
        try:
            result = await call_tool(
                one.server, server, one.tool, pinned.sha256, arguments, one.declaration.timeout_s
            )
        except ChangedToolError:
            changed.set()
            await asyncio.to_thread(pins.changed, one.server, one.tool, datetime.now(UTC).isoformat())
            raise
        return "1 passage", [_document(one, server, result)]

    schema = {key: value for key, value in pinned.schema.items() if key != "x-annotations"}
    tool = StructuredTool(
        name=one.name,
        description=pinned.description or one.tool,
        args_schema={"type": "object", "properties": {}, **schema},
        coroutine=call,
        response_format="content_and_artifact",
    )
    return declare(tool, one.declaration)


def _document(one: McpTool, server: McpServer, result: McpResult) -> Document:
    """What it said, as a source of its own kind: the text tells its version, and the receipt keeps it."""
    read = [label for meta in result.meta if (label := read_ifc(one.server, meta)) is not None]
    metadata: dict[str, Any] = {KEPT: True, "mcp_server": one.server}
    if read:
        metadata[LABELS] = _joined(read).entry()
        metadata["ifc"] = sorted({label.said for label in read})
        # A public part of a result says nothing of the rest: what is public must be so as a whole.
        whole = read_ifc(one.server, result.meta[0])
        metadata[PUBLIC] = server.trust_labels and whole is not None and all(label.public for label in read)
    digest = hashlib.sha256(result.text.encode()).hexdigest()
    return Document(
        result.text,
        id=f"{TOOL}{one.name}:{digest[:10]}",
        metadata={"title": f"Result of {one.tool} ({one.server})", "metadata": metadata},
    )


def _joined(read: list[ServerLabel]) -> Labels:
    return Labels("untrusted", frozenset(), frozenset(clause for one in read for clause in one.clauses))
