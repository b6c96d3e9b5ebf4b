"""``pincite questions …``: what was handed to people, listed and closed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

questions_cli = typer.Typer(
    name="questions", no_args_is_help=True, add_completion=False, help="Questions for people: list, close."
)


@questions_cli.command("list")
def list_questions(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print as JSON, with the labels of what each was made from.")
    ] = False,
) -> None:
    """List open questions, the oldest first: number, when (UTC), who asked, and the question."""
    from app.settings import load_settings
    from app.terminal.printable import one_line
    from app.toolbox.question_queue import questions_of

    settings = load_settings()
    found = questions_of(settings.home / settings.tenant).list()
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    elif not found:
        print("no open questions")
    else:
        for one in found:
            print(one.number, one.asked_at[:19], one_line(one.user), one_line(one.question), sep="\t")


@questions_cli.command("close")
def close_questions(
    numbers: Annotated[list[int], typer.Argument(help="Numbers, as `pincite questions list` shows them.")],
) -> None:
    """Delete questions that were dealt with."""
    from app.settings import load_settings
    from app.toolbox.question_queue import questions_of

    settings = load_settings()
    queue = questions_of(settings.home / settings.tenant)
    for number in numbers:
        queue.close(number)
        print(f"closed {number}")
