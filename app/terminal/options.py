"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

SourceOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--source", help="Name of the collection of files, e.g. handbook."),
]
SitemapOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--sitemap", help="Address of a sitemap: the pages it lists."),
]
ReadersOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--groups",
        help="Who may read the source's documents, as in hr,board; kept for later runs.",
    ),
]
GroupOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--group", help="Ask as a member of this group; may be given several times."),
]
FilterOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--filter", help="Only documents with this metadata, e.g. version>=2.4; may be repeated."),
]
