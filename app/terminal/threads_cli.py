"""``pincite threads …``: the commands over stored conversations."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

threads_cli = typer.Typer(
    name="threads", no_args_is_help=True, add_completion=False, help="Stored conversations: list, delete."
)

UserOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--user", help="Whose conversations; left out: all, to delete those of `pincite ask`."),
]


@threads_cli.command("list")
def list_threads(
    user: UserOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List stored conversations, last used first: name, whose, begun and last used (UTC)."""
    from app.corpus import open_corpus
    from app.terminal.threads import run_threads_list

    with open_corpus() as corpus:
        raise typer.Exit(run_threads_list(corpus, user, as_json))


@threads_cli.command("delete")
def delete_threads(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Names of conversations, as --thread was given."),
    ] = None,
    user: UserOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Delete everybody's conversations.")] = False,
) -> None:
    """Delete stored conversations for good."""
    from app.corpus import open_corpus
    from app.terminal.threads import run_threads_delete

    with open_corpus() as corpus:
        raise typer.Exit(run_threads_delete(corpus, names or [], user, everything))
