"""``pincite forget``: its options."""

from __future__ import annotations

from typing import Annotated, Optional

import typer


def forget_command(
    document: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--document", help="A document's id or URI, also of one that was removed before."),
    ] = None,
    user: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--user", help="A person, as the login or `--user` names them; with --thread, whose."),
    ] = None,
    thread: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--thread", help="A conversation, by its owner's name for it or its thread's id."),
    ] = None,
    prove: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--prove", help="Forget nothing; search all files for this word; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Take a document, a person or a conversation away for good, and prove that no file holds it any more.

    Prints what went from where, what stays and why, and what the search of all files found. Without options
    it finishes what an interrupted run began. Exit code 1 when words are left that must not be.
    """
    from app.corpus import open_corpus
    from app.terminal.errors import warnings_as_lines
    from app.terminal.forgetting import run_forget

    warnings_as_lines()
    with open_corpus() as corpus:
        raise typer.Exit(run_forget(corpus, document, user, thread, prove or [], as_json))
