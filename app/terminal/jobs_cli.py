"""``pincite jobs …``: the queue of what is added in the background."""

from __future__ import annotations

from typing import Annotated

import typer

jobs_cli = typer.Typer(
    name="jobs",
    no_args_is_help=True,
    add_completion=False,
    help="Documents added in the background: list, show, cancel, retry, run.",
)

JobArgument = Annotated[str, typer.Argument(help="Id, as `pincite jobs list` shows it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@jobs_cli.command("list")
def list_jobs(
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Jobs at most, newest first.")] = 50,
) -> None:
    """List jobs, newest first: id, state, kind, source, files done of all, failed, when (UTC), whose."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_jobs_list

    with open_corpus() as corpus:
        raise typer.Exit(run_jobs_list(corpus, limit, as_json))


@jobs_cli.command("show")
def show_job(job: JobArgument, as_json: JsonOption = False) -> None:
    """Show a job with every file that could not be read, and why. Exit code 1 when it or a file failed."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_job_show

    with open_corpus() as corpus:
        raise typer.Exit(run_job_show(corpus, job, as_json))


@jobs_cli.command("cancel")
def cancel_job(job: JobArgument) -> None:
    """End a job that waits; one that runs ends after the file it is at. What was added stays."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_job_cancel

    with open_corpus() as corpus:
        raise typer.Exit(run_job_cancel(corpus, job))


@jobs_cli.command("retry")
def retry_job(job: JobArgument) -> None:
    """Queue anew the files of a job that failed; all of it where it failed as a whole or was cancelled."""
    from app.corpus import open_corpus
    from app.terminal.jobs import run_job_retry

    with open_corpus() as corpus:
        raise typer.Exit(run_job_retry(corpus, job))


@jobs_cli.command("run")
def run_jobs() -> None:
    """Do all jobs that wait, and those of sources that are due, here and now."""
    from app.corpus import open_corpus
    from app.terminal.errors import warnings_as_lines
    from app.terminal.jobs import run_jobs_run

    warnings_as_lines()
    with open_corpus() as corpus:
        raise typer.Exit(run_jobs_run(corpus))
