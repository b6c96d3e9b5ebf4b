"""The front door: the ``pincite`` command, with the commands that other installed packages add to it.

A package adds a command by an entry point of the group ``pincite.commands`` that names a Typer application;
it is imported when that command is called. Ours that measure (``eval``, ``bench``) come so from the
distribution ``pincite-evals``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import NoReturn

import typer

from app.extensions.entry_points import COMMANDS, Extension, ExtensionError, installed

_MEASURING = ("eval", "bench")


def main() -> None:
    """Entry point of the ``pincite`` command."""
    from app.cli import cli

    add_commands(cli, installed(COMMANDS), sys.argv[1:])
    cli()


def add_commands(cli: typer.Typer, found: list[Extension], called: Collection[str]) -> None:
    """Add what others bring; a command that cannot be had says why in one line when it is called.

    Those that are not among the words ``called`` are only listed: no other command runs their code.
    """
    for extension in found:
        if extension.name not in called:
            _stand_in(cli, extension.name, "", f"Brought by {extension.brought_by}.")
            continue
        try:
            cli.add_typer(extension.load(), name=extension.name)
        except ExtensionError as error:
            _stand_in(cli, extension.name, str(error))
    for name in {*_MEASURING} - {extension.name for extension in found}:
        where = "add it with: pip install 'pincite[evals]' (in a checkout: make setup-dev)"
        _stand_in(cli, name, f"`{name}` measures and is not part of this installation; {where}")


def _stand_in(cli: typer.Typer, name: str, why: str, listed: str = "") -> None:
    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    command = cli.command(
        name, hidden=not listed, help=listed, add_help_option=False, context_settings=anything
    )
    command(_saying(why))


def _saying(why: str) -> Callable[[], NoReturn]:
    def say() -> NoReturn:
        typer.echo(f"pincite: {why}", err=True)
        raise typer.Exit(2)

    return say


if __name__ == "__main__":
    main()
