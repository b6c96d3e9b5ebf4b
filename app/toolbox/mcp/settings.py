"""The setting that names MCP servers."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class McpSettings(BaseModel):
    """Tools of MCP servers; the extra `mcp` brings what they need."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    servers: Path | None = Field(
        None,
        description="File (JSON) that names MCP servers and which of their tools models may call: "
        "docs/tools.md.",
    )
