"""``pincite tools …``: what models may call and how, and what MCP servers say of their tools."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

tools_cli = typer.Typer(
    name="tools",
    no_args_is_help=True,
    add_completion=False,
    help="Tools that models may call: list, and pin those of MCP servers.",
)


@tools_cli.command("list")
def list_tools(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the tools: name, whose, state, what each may do and is given, its time and retries."""
    from app.settings import load_settings
    from app.terminal.tools import run_tools_list

    raise typer.Exit(run_tools_list(load_settings(), as_json))


@tools_cli.command("pin")
def pin_tools(
    servers: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Names of MCP servers; all of them when left out."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Pin without asking.")] = False,
) -> None:
    """Ask MCP servers what their allowed tools say of themselves, show it, and pin it as it is.

    Exit code 1 when a server could not be asked, or nothing was pinned.
    """
    from app.settings import load_settings
    from app.terminal.tools import run_tools_pin

    raise typer.Exit(run_tools_pin(load_settings(), servers or [], yes))
