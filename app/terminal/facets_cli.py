"""``pincite facets``: which values metadata have."""

from __future__ import annotations

from typing import Annotated, Optional

import typer


def facets_command(
    keys: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(help="Metadata keys; left out: those with few values."),
    ] = None,
    filter: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--filter", help="Only documents with this metadata, e.g. version>=2.4; repeatable."),
    ] = None,
    group: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--group", help="Only what a member of this group may read; left out: everything."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print metadata keys with their values, and how many documents have each: what --filter can name."""
    from app.corpus import open_corpus
    from app.terminal.facets import run_facets

    with open_corpus() as corpus:
        raise typer.Exit(run_facets(corpus, keys or [], filter or [], group, as_json))
