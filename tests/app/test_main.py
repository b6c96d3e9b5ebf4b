"""The front door: commands that other distributions bring, and those that are not there."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest
import typer
from typer.testing import CliRunner

from app.extensions.entry_points import COMMANDS, Extension
from app.main import add_commands


def extension(name: str, value: str) -> Extension:
    return Extension(COMMANDS, name, "desk", "1.0", EntryPoint(name, value, COMMANDS))


@pytest.fixture
def front() -> Callable[..., tuple[int, str]]:
    """Run a command of a front door to which these extensions were added."""

    def run(*arguments: str, found: tuple[Extension, ...] = ()) -> tuple[int, str]:
        cli = typer.Typer()
        cli.command("ask")(lambda: None)
        add_commands(cli, list(found), arguments)
        result = CliRunner().invoke(cli, list(arguments))
        return result.exit_code, result.output

    return run


def test_a_command_that_measures_says_what_brings_it(front: Callable[..., tuple[int, str]]) -> None:
    code, said = front("eval", "run", "--suite", "x")
    assert code == 2
    assert said.startswith("pincite: `eval` measures and is not part of this installation; add it with: pip ")
    assert said.count("\n") == 1


def test_a_command_that_cannot_be_loaded_does_not_stop_the_others(
    front: Callable[..., tuple[int, str]],
) -> None:
    broken = extension("desk", "no_such_module_anywhere:desk")
    assert front("ask", found=(broken,)) == (0, "")
    assert "Brought by desk 1.0." in front("--help", found=(broken,))[1]
    code, said = front("desk", "--anything", found=(broken,))
    assert code == 2
    assert "ModuleNotFoundError" in said
    assert "pip uninstall desk" in said
    assert said.count("\n") == 1


def test_a_command_of_another_distribution_is_there(front: Callable[..., tuple[int, str]]) -> None:
    real = extension("bench", "evals.benchmarks.cli:bench")
    code, said = front("bench", "--help", found=(real,))
    assert (code, "Measure this installation" in said) == (0, True)
