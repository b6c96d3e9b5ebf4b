"""MCP servers as a file names them: how each is reached, and which of its tools may be called as what."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.errors import PinciteError
from tools.policy.declaration import KEY, DeclarationError, ToolDeclaration, declaration_of

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}")


class McpError(PinciteError, ValueError):
    """MCP servers that cannot be used as they are named; one line, without a secret."""

    code = "mcp"


class McpServer(BaseModel):
    """One server. ``tools`` are those that may be called, each with what the operator declares of it: nothing
    declared is the worst. Values of ``headers`` and ``env`` may hold ``${VARIABLES}`` of the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = Field(default_factory=dict)
    url: str = ""
    headers: Mapping[str, str] = Field(default_factory=dict)
    tools: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    trust_labels: bool = False
    """Whether a result that the server calls public is taken for it. What restricts is always heeded."""
    connect_timeout_s: float = Field(10.0, gt=0, le=120)

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address")
        if parts.username or parts.password:
            raise ValueError("may hold no password; put it into headers")
        if parts.scheme == "http" and not _is_here(parts.hostname):
            raise ValueError("must be https: what is sent could be read on the way")
        return value

    @model_validator(mode="after")
    def _is_one_of_two(self) -> McpServer:
        if bool(self.command) == bool(self.url):
            raise ValueError("needs either command or url")
        if (self.command and self.headers) or (self.url and (self.args or self.env)):
            raise ValueError("headers go with url; args and env go with command")
        return self

    @property
    def shown(self) -> str:
        """Where it is, without what may be secret."""
        return (
            f"{urlsplit(self.url).scheme}://{urlsplit(self.url).netloc.rpartition('@')[2]}"
            if self.url
            else self.command
        )


def read_servers(path: Path) -> dict[str, McpServer]:
    """The servers of a file, by name: ``{"mcpServers": {name: {...}}}``.

    Raises:
        McpError: it cannot be read, or names what cannot be.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise McpError(f"PINCITE_MCP__SERVERS: {path} cannot be read ({error.strerror or error})") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise McpError(f"PINCITE_MCP__SERVERS: {path} is no JSON") from None
    named = data.get("mcpServers") if isinstance(data, dict) else None
    if not isinstance(named, dict):
        raise McpError(f'PINCITE_MCP__SERVERS: {path} needs {{"mcpServers": {{...}}}}')
    return {name: _server(name, given, path) for name, given in named.items()}


def _server(name: str, given: Any, path: Path) -> McpServer:
    if not _NAME.fullmatch(name):
        raise McpError(f"{path}: a server's name has letters, digits and hyphens, not {name[:40]!r}")
    try:
        server = McpServer.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in ("mcpServers", name, *first["loc"]))
        raise McpError(f"{path}: {where}: {first['msg']}") from None
    for tool in server.tools:
        declared(name, server, tool)
    return server


def declared(name: str, server: McpServer, tool: str) -> ToolDeclaration:
    """What the operator declares of one of the server's tools; the worst where nothing.

    Raises:
        McpError: what is declared cannot be.
    """
    from langchain_core.tools import StructuredTool

    given = dict(server.tools[tool])
    holder = StructuredTool.from_function(lambda: "", name=tool, description="x", metadata={KEY: given})
    try:
        return declaration_of(holder)
    except DeclarationError as error:
        raise McpError(f"the MCP server {name}: {error}") from None


def connection_of(name: str, server: McpServer) -> dict[str, Any]:
    """How the server is reached, its variables filled in: not to be printed.

    Raises:
        McpError: a variable is not set.
    """
    session = {"transport": "stdio" if server.command else "streamable_http"}
    if server.command:
        env = {key: _filled(name, value) for key, value in server.env.items()}
        return {**session, "command": server.command, "args": list(server.args), "env": env or None}
    headers = {key: _filled(name, value) for key, value in server.headers.items()}
    return {**session, "url": server.url, "headers": headers, "timeout": server.connect_timeout_s}


def _filled(name: str, value: str) -> str:
    def of(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise McpError(f"the MCP server {name} needs the variable {match[1]}, which is not set")
        return found

    return _VARIABLE.sub(of, value)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
