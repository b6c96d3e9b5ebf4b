"""``pincite --version``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import typer


def print_version(wanted: bool) -> None:
    """Print it and end, where it is ``wanted``."""
    if not wanted:
        return
    try:
        typer.echo(f"pincite {version('pincite')}")
    except PackageNotFoundError:
        typer.echo("pincite, not installed as a package")
    raise typer.Exit
