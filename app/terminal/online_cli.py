"""``pincite online …``: how the answers of a running service are doing."""

from __future__ import annotations

from typing import Annotated

import typer

online_cli = typer.Typer(
    name="online",
    no_args_is_help=True,
    add_completion=False,
    help="How kept answers are doing: checks, rates within their limits, drift; and the baseline.",
)


@online_cli.command("status")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check what is not checked yet, and say what it comes to. Exit code 1 when a rate is out of its limits
    or the questions have drifted."""
    from app.corpus import open_corpus
    from app.settings import load_settings
    from app.terminal.errors import warnings_as_lines
    from app.terminal.online import run_online_status
    from app.terminal.read_only_home import readable_home

    warnings_as_lines()
    with readable_home(load_settings()) as settings, open_corpus(settings) as corpus:
        raise typer.Exit(run_online_status(corpus, as_json))


@online_cli.command("baseline")
def baseline(
    last: Annotated[int, typer.Option("--last", min=100, help="Newest answers that it is made of.")] = 1000,
) -> None:
    """Keep the newest answers' rates, scores and topics as those that later ones are held to."""
    from app.corpus import open_corpus
    from app.terminal.errors import warnings_as_lines
    from app.terminal.online import run_online_baseline

    warnings_as_lines()
    with open_corpus() as corpus:
        raise typer.Exit(run_online_baseline(corpus, last))
