"""The tools of an installation, listed with what they declare; those of MCP servers, looked at and pinned."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from app.extensions.entry_points import TOOLS, ExtensionError, chosen
from app.extensions.tools import SETTING, load_tool
from app.settings import Settings
from app.terminal.printable import one_line, printable
from app.toolbox.mcp.calls import listed_tools, said_of
from app.toolbox.mcp.pins import PinnedTool, cannot_be_pinned
from app.toolbox.mcp.servers import McpError, McpServer, read_servers
from app.toolbox.mcp.tools import allowed_tools, pin_file
from tools.policy.decide import may_be_asked_about
from tools.policy.declaration import ToolDeclaration, declaration_of


@dataclass(frozen=True, slots=True)
class ToolLine:
    """A tool as it is listed. ``state``: offered, or why not."""

    name: str
    whose: str
    state: str
    declaration: ToolDeclaration | None


def tool_lines(settings: Settings) -> Iterator[ToolLine]:
    """All tools that are named: ours, those of extensions, those of MCP servers. Nothing is contacted.

    Raises:
        McpError: the file of servers cannot be used.
    """
    from app.toolbox.built_in import DECLARED
    from app.toolbox.names import BUILT_IN
    from graphs.answer import NAMES_IN_USE

    for ours in BUILT_IN:
        state = "offered" if ours in settings.answer.tools else "not named in PINCITE_ANSWER__TOOLS"
        yield ToolLine(ours, "Pincite", state, DECLARED[ours])
    for name in dict.fromkeys(settings.extensions.tools):
        try:
            (extension,) = chosen(TOOLS, [name], SETTING)
            tool = load_tool(extension, {*NAMES_IN_USE, *BUILT_IN})
        except ExtensionError as error:
            yield ToolLine(name, "extension", f"broken: {error}", None)
        else:
            yield ToolLine(tool.name, extension.brought_by, "offered", declaration_of(tool))
    if settings.mcp.servers is None:
        return
    servers = read_servers(settings.mcp.servers)
    for one in allowed_tools(servers, pin_file(settings.home / settings.tenant)):
        whose = f"MCP server {one.server} at {servers[one.server].shown}"
        states = {"pinned": "offered", "changed": "changed since it was pinned", "not pinned": "not pinned"}
        yield ToolLine(one.name, whose, states[one.state], one.declaration)


def policy(declaration: ToolDeclaration) -> str:
    """What a tool does, is given, and how long it may take, in one line.

    >>> policy(ToolDeclaration(writes=False, sends_out=False, accepts_untrusted=True, retries=1))
    'reads; called freely; given up to tenant; 30 s, 1 retry'
    """
    does = [
        word
        for word, true in (
            ("reads", declaration.reads),
            ("writes", declaration.writes),
            ("sends out", declaration.sends_out),
        )
        if true
    ]
    asked = "a person is asked" if may_be_asked_about(declaration) else "called freely"
    retries = f"{declaration.retries} retr{'y' if declaration.retries == 1 else 'ies'}"
    given = f"given up to {declaration.highest}"
    return f"{', '.join(does) or 'reckons'}; {asked}; {given}; {declaration.timeout_s:g} s, {retries}"


def run_tools_list(settings: Settings, as_json: bool) -> int:
    """Print the tools, one a line."""
    found = list(tool_lines(settings))
    if as_json:
        shown = [
            {**asdict(one), "policy": policy(one.declaration) if one.declaration else ""} for one in found
        ]
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return 0
    for one in found:
        told = policy(one.declaration) if one.declaration is not None else ""
        print(one.name, one_line(one.whose), one_line(one.state), told, sep="\t")
    calls = settings.answer.max_tool_calls
    print(f"\nA model may make {calls} calls for an answer, and is told how many are left.")
    return 0


def run_tools_pin(settings: Settings, names: list[str], yes: bool) -> int:
    """Show what servers say of their tools and pin it; 1 where one could not be asked or was not pinned."""
    if settings.mcp.servers is None:
        raise McpError("no MCP servers are named; set PINCITE_MCP__SERVERS to a file that does")
    servers = read_servers(settings.mcp.servers)
    if unknown := [name for name in names if name not in servers]:
        raise McpError(f"there is no MCP server {unknown[0]!r}; there are: {', '.join(servers) or 'none'}")
    done = [_pinned(settings, name, servers[name], yes) for name in names or servers]
    return 0 if all(done) else 1


def _pinned(settings: Settings, name: str, server: McpServer, yes: bool) -> bool:
    pins = pin_file(settings.home / settings.tenant)
    known = pins.read().get(name, {})
    try:
        listed = asyncio.run(listed_tools(name, server))
    except McpError as error:
        print(error, file=sys.stderr)
        return False
    now = datetime.now(UTC).isoformat()
    found: dict[str, PinnedTool] = {}
    good = True
    for tool in server.tools:
        if tool not in listed:
            print(f"the MCP server {name} has no tool {tool}", file=sys.stderr)
            good = False
            continue
        description, schema = said_of(listed[tool])
        if wrong := cannot_be_pinned(description, schema):
            print(f"the tool {tool} of the MCP server {name} is not pinned: {wrong}", file=sys.stderr)
            good = False
            continue
        one = PinnedTool(description, schema, now)
        was = known.get(tool)
        same = was is not None and was.sha256 == one.sha256
        print(
            f"{name}_{tool}: {'as it was pinned' if same else 'changed' if was else 'new'}, {one.sha256[:16]}"
        )
        print("\n".join(f"    {line}" for line in printable(description).split("\n")))
        print(f"    {one_line(json.dumps(schema, ensure_ascii=False))}")
        found[tool] = one
    if not found or not (yes or _agreed(name, len(found))):
        print(f"nothing of {name} was pinned", file=sys.stderr)
        return False
    pins.pin(name, found)
    print(f"pinned {len(found)} of {name}")
    return good


def _agreed(name: str, count: int) -> bool:
    """Whether the person at the terminal says so; without one, --yes is needed."""
    if not sys.stdin.isatty():
        return False
    try:
        said = input(f"Pin {'this tool' if count == 1 else f'these {count} tools'} of {name}? [y/N]: ")
    except EOFError:
        return False
    return said.strip().lower() in ("y", "yes")
