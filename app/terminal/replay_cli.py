"""``pincite replay``: a stored answer asked for once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.answers.replay import Replay


def replay_command(
    answer: Annotated[
        str,
        typer.Argument(
            help="The answer's id, or how it begins; or a file of `ask --json`, - for standard input."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Ask the question of an answer again, as its receipt says it was asked, and say what differs now.

    The new answer is not kept, and no remembered draft is used. Exit code 1 when its status or sentences
    differ.
    """
    import json
    from dataclasses import asdict

    from app.answers.replay import compared, question_of
    from app.compose import open_pincite
    from app.settings import load_settings
    from app.terminal.errors import warnings_as_lines

    warnings_as_lines()
    settings = load_settings()
    # What these groups say does not change an answer, so the settings' hash stays.
    aside: dict[str, Any] = {
        "answers": settings.answers.model_copy(update={"keep": False}),
        "cache": settings.cache.model_copy(update={"answers": False}),
    }
    with open_pincite(settings.model_copy(update=aside)) as pincite:
        then = _from_file(answer) if _is_file(answer) else pincite.corpus.answers.get(answer)
        asked = question_of(then)
        now = pincite.ask(asked.question, filters=asked.filters, context=asked.context)
        found = compared(then, now.model_dump(mode="json"), pincite.registry)
    if as_json:
        print(
            json.dumps({**asdict(found), "same_answer": found.answers_the_same}, indent=2, ensure_ascii=False)
        )
    else:
        _print(found)
    raise typer.Exit(0 if found.answers_the_same else 1)


def _is_file(answer: str) -> bool:
    from pathlib import Path

    return answer == "-" or Path(answer).is_file()


def _from_file(path: str) -> dict[str, Any]:
    """The answer in a file, which may be another machine's. Raises ``NotAnAnswerError``."""
    from app.answers.files import NotAnAnswerError, given_answer, read_objects

    found = read_objects(path)
    if len(found) != 1:
        raise NotAnAnswerError(f"{path} holds {len(found)} answers; give one")
    given_answer(found[0], path, 1)
    return found[0]


def _print(found: Replay) -> None:
    from app.terminal.printable import one_line

    print(f"replay of {found.id}: {one_line(found.question)}")
    for one in found.differences:
        if isinstance(one.then, list):
            gone, new = len(set(one.then) - set(one.now)), len(set(one.now) - set(one.then))
            print(f"  {one.what}: {len(one.then)} then, {len(one.now)} now; {gone} gone, {new} new")
        else:
            print(f"  {one.what}: {one_line(str(one.then))} then, {one_line(str(one.now))} now")
    for doc_id, what in found.documents.items():
        print(f"  document {one_line(doc_id)}: {what}")
    for sign, sentences in (("=", found.same), ("-", found.only_then), ("+", found.only_now)):
        for sentence in sentences:
            print(f"  {sign} {one_line(sentence)}")
    print("the same answer" if found.answers_the_same else "another answer")
