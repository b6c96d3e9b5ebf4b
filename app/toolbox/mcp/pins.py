"""What was pinned of the tools of MCP servers: their words and schemas as an operator has seen them.

A model is told what is pinned and nothing else, so a server cannot change what it says of itself unseen. That
it has is noticed before a call, and noted here: the tool is not offered again until it is pinned anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.storage.private_files import make_private_file
from app.toolbox.mcp.servers import McpError
from tools.policy.decide import hides

MOST_DESCRIPTION = 4000
MOST_SCHEMA = 20_000
"""Characters of it, as JSON."""


@dataclass(frozen=True, slots=True)
class PinnedTool:
    """``changed_at``: when its server was found to say something else; empty where it was not."""

    description: str
    schema: Mapping[str, Any]
    pinned_at: str
    changed_at: str = ""

    @property
    def sha256(self) -> str:
        """Of what a model is told of it."""
        return digest(self.description, self.schema)


def digest(description: str, schema: Mapping[str, Any]) -> str:
    """A sha256 over a tool's words and schema."""
    shown = json.dumps([description, schema], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def cannot_be_pinned(description: str, schema: Mapping[str, Any]) -> str:
    """Why nobody could judge a tool by what it says of itself; empty where they can."""
    if len(description) > MOST_DESCRIPTION or len(json.dumps(schema)) > MOST_SCHEMA:
        return "it says more of itself than a person reads"
    if hides({"description": description, "schema": schema}):
        return "it says something of itself in characters that a person does not see"
    return ""


class PinFile:
    """The pins of one tenant, in a file for its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, dict[str, PinnedTool]]:
        """By server and tool. Raises ``McpError``: the file cannot be read, or was written to by hand."""
        if not self.path.exists():
            return {}
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            return {
                server: {tool: _pinned(entry) for tool, entry in tools.items()}
                for server, tools in data.items()
            }
        except (
            OSError,
            UnicodeDecodeError,
            json.JSONDecodeError,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ):
            raise McpError(
                f"{self.path} cannot be read as pins; delete it, and pin again: pincite tools pin"
            ) from None

    def pin(self, server: str, tools: Mapping[str, PinnedTool]) -> None:
        """Put these in the place of the server's pins."""
        self._write({**self.read(), server: dict(tools)})

    def changed(self, server: str, tool: str, now: str) -> None:
        """Note that a tool is no more what was pinned."""
        pins = self.read()
        if tool in pins.get(server, {}):
            pins[server][tool] = replace(pins[server][tool], changed_at=now)
            self._write(pins)

    def _write(self, pins: Mapping[str, Mapping[str, PinnedTool]]) -> None:
        data = {
            server: {tool: {**asdict(one), "sha256": one.sha256} for tool, one in tools.items()}
            for server, tools in pins.items()
        }
        new = self.path.with_suffix(".new")
        make_private_file(new)
        new.write_text(json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        os.replace(new, self.path)


def _pinned(entry: Any) -> PinnedTool:
    one = PinnedTool(entry["description"], entry["schema"], entry["pinned_at"], entry["changed_at"])
    if one.sha256 != entry["sha256"]:
        raise ValueError("not what was pinned")
    return one
