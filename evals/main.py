"""The ``pincite`` command with everything: the application's commands, and those that measure it.

`app` never imports `evals`, so the two meet here. The modules added must be quick to import: they import what
is heavy in the command that needs it.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``pincite`` command."""
    from app.cli import cli
    from evals.benchmarks.cli import bench
    from evals.cli import evaluation

    cli.add_typer(evaluation, name="eval")
    cli.add_typer(bench, name="bench")
    cli()


if __name__ == "__main__":
    main()
