"""``pincite bench``: measure this installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from evals.script import run_main

bench = typer.Typer(
    name="bench", no_args_is_help=True, add_completion=False, help="Measure this installation."
)


@bench.callback()
def _commands() -> None:
    """With one command only, Typer would leave out its name."""


@bench.command()
def scale(
    passages: Annotated[int, typer.Option(min=8, help="Passages; each takes some 5 kB of disk.")] = 100_000,
    queries: Annotated[int, typer.Option(min=1, help="Questions for each row of the table.")] = 200,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the index here, and use it again; otherwise it is removed.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write all numbers here.")] = None,
) -> None:
    """Time, memory and disk of retrieval over a made-up corpus of any size."""
    from app.errors import SettingsError
    from app.settings import load_settings
    from evals.benchmarks.scale.measure import measure
    from evals.benchmarks.scale.report import markdown

    try:
        result = measure(passages, queries, load_settings(), folder)
    except (SettingsError, FileExistsError) as error:
        typer.echo(f"pincite: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(markdown(result))
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_main(bench)
