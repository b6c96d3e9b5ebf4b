"""The front door: the ``pincite`` command, with the commands that other installed packages add to it.

A package adds a command by an entry point of the group ``pincite.commands`` that names a Typer application.
Ours that measure (``eval``, ``bench``) come so from the distribution ``pincite-evals``. What is named there
must be quick to import.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

COMMANDS = "pincite.commands"
"""Group of entry points: name of the command -> a ``typer.Typer``."""

_MEASURING = ("eval", "bench")


def main() -> None:
    """Entry point of the ``pincite`` command."""
    from app.cli import cli

    found = {entry.name: entry for entry in entry_points(group=COMMANDS)}
    for name, entry in sorted(found.items()):
        cli.add_typer(entry.load(), name=name)
    for name in _MEASURING:
        if name not in found:
            cli.command(
                name,
                hidden=True,
                add_help_option=False,
                context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
            )(_absent)
    cli()


def _absent(context: typer.Context) -> None:
    """Say what brings a command that measures."""
    typer.echo(
        f"pincite: `{context.info_name}` measures and is not part of this installation; add it with: "
        "pip install 'pincite[evals]' (in a checkout: make setup-dev)",
        err=True,
    )
    raise typer.Exit(2)


if __name__ == "__main__":
    main()
