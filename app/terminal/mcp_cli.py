"""``pincite mcp``: the MCP server over standard input and output."""

from __future__ import annotations

from typing import Annotated, Optional

import typer


def mcp_command(
    group: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--group", help="Answer as to a member of this group; may be given several times."),
    ] = None,
) -> None:
    """Serve MCP over standard input and output: search, read, ask and check, for whoever starts it.

    Needs the extra mcp. Over HTTP, `pincite serve` has the same at /mcp.
    """
    from app.api.wire.mcp.server import need_mcp
    from app.api.wire.mcp.stdio import serve_stdio
    from app.compose import open_pincite
    from app.conversations.store import COMMAND_LINE
    from app.terminal.errors import warnings_as_lines

    need_mcp()
    warnings_as_lines()
    with open_pincite() as pincite:
        raise typer.Exit(serve_stdio(pincite, COMMAND_LINE, group or []))
