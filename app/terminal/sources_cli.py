"""``pincite sources …``: what is synced by a schedule."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

sources_cli = typer.Typer(
    name="sources",
    no_args_is_help=True,
    add_completion=False,
    help="Sources that are synced by a schedule: list, add, remove.",
)


@sources_cli.command("list")
def list_sources(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List them: name, how often, when next (UTC), the folder or sitemap, readers."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_sources_list

    with open_corpus() as corpus:
        raise typer.Exit(run_sources_list(corpus, as_json))


@sources_cli.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    place: Annotated[str, typer.Argument(help="A folder, or the address of a sitemap (https://…).")],
    minutes: Annotated[int, typer.Option("--every", min=1, help="Minutes between two runs.")] = 60,
    groups: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--groups", help="Who may read its documents, as in hr,board."),
    ] = None,
) -> None:
    """Make a source equal to a folder or to the pages of a sitemap, now and every so many minutes."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_sources_add

    with open_corpus() as corpus:
        raise typer.Exit(run_sources_add(corpus, name, place, minutes, groups.split(",") if groups else []))


@sources_cli.command("remove")
def remove_source(name: Annotated[str, typer.Argument(help="Name of the source.")]) -> None:
    """Sync a source no more; its documents stay."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_sources_remove

    with open_corpus() as corpus:
        raise typer.Exit(run_sources_remove(corpus, name))
