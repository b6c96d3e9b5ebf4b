"""The command ``pincite usage``."""

from __future__ import annotations

from typing import Annotated, Optional

import typer


def usage_command(
    user: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--user", help="Only what this user spent."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """What model calls cost in this day and month (UTC), where budgets are set: whose, when, USD, tokens."""
    from app.settings import load_settings
    from app.terminal.read_only_home import readable_home
    from app.terminal.usage import run_usage

    with readable_home(load_settings()) as settings:
        raise typer.Exit(run_usage(settings, user, as_json))
