"""`pincite answers`."""

from __future__ import annotations

import json

from graphs.contracts import Answer
from tests.support.cli import Command, Finished

VOLTS = "How many volts does the Heron gateway need?"


def one_line(done: Finished) -> str:
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    return done.err


def test_answers_are_listed_shown_and_deleted(filled: Command) -> None:
    assert filled("answers", "list").out == "no stored answers\n"
    assert json.loads(filled("answers", "list", "--json").out) == []
    asked = Answer.model_validate_json(filled("ask", VOLTS, "--json").out)
    filled("ask", "Who won the chess championship of 1927?")
    first, second = (line.split("\t") for line in filled("answers", "list").out.splitlines())
    assert (first[2], first[3]) == ("abstained", "0")
    assert (second[0], second[2], second[4]) == (asked.id, "answered", VOLTS)
    assert int(second[3]) == len(asked.citations)
    assert Answer.model_validate_json(filled("answers", "show", asked.id[:6], "--json").out) == asked
    shown = filled("answers", "show", asked.id).out
    assert asked.citations[0].quote.split()[0] in shown
    assert len(filled("answers", "list", "--limit", "1").out.splitlines()) == 1
    assert "no stored answer 'zzz'" in one_line(filled("answers", "delete", asked.id, "zzz"))
    assert len(filled("answers", "list").out.splitlines()) == 2, "a wrong name deletes nothing"
    assert filled("answers", "delete", asked.id).out == f"deleted {asked.id}\n"
    assert "no stored answer" in one_line(filled("answers", "show", asked.id))
    assert filled("answers", "delete", "--all").out == "deleted 1 answers\n"


def test_what_cannot_be_deleted_is_one_clear_line(filled: Command) -> None:
    assert "not both" in one_line(filled("answers", "delete"))
    assert "not both" in one_line(filled("answers", "delete", "x", "--all"))


def test_keeping_can_be_switched_off(filled: Command) -> None:
    off = {"PINCITE_ANSWERS__KEEP": "false"}
    assert filled("ask", VOLTS, **off).code == 0
    assert filled("answers", "list", **off).out == "no stored answers; keeping is off\n"
