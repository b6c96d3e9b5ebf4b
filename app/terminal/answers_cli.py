"""``pincite answers …``: the commands over stored answers."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

answers_cli = typer.Typer(
    name="answers", no_args_is_help=True, add_completion=False, help="Stored answers: list, show, delete."
)


@answers_cli.command("list")
def list_answers(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Newest answers shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List stored answers, newest first: id, time (UTC), status, citations, question."""
    from app.corpus import open_corpus
    from app.terminal.stored_answers import run_answers_list

    with open_corpus() as corpus:
        raise typer.Exit(run_answers_list(corpus, limit, as_json))


@answers_cli.command("show")
def show_answer(
    answer: Annotated[str, typer.Argument(help="The answer's id, or how it begins.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole answer as JSON, as `ask --json` does.")
    ] = False,
) -> None:
    """Show a stored answer."""
    from app.corpus import open_corpus
    from app.terminal.stored_answers import run_answers_show

    with open_corpus() as corpus:
        raise typer.Exit(run_answers_show(corpus, answer, as_json))


@answers_cli.command("delete")
def delete_answers(
    answers: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Ids of answers, or how they begin."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Delete all stored answers.")] = False,
) -> None:
    """Delete stored answers for good."""
    from app.corpus import open_corpus
    from app.terminal.stored_answers import run_answers_delete

    with open_corpus() as corpus:
        raise typer.Exit(run_answers_delete(corpus, answers or [], everything))
