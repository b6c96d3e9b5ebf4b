"""The installed command in a pipe, at a terminal, and interrupted: real processes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.testing.openai_server import ScriptedModel, give_answer, serve_model

PINCITE = Path(sys.executable).with_name("pincite")
VOLTS = "How many volts does the Heron gateway need?"
NEEDS = "The Heron gateway needs a supply of 12 volts."
DRAWS = "The Heron gateway draws 400 milliamperes at most. "


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    return plain | {"PINCITE_HOME": str(home)}


@pytest.fixture
def slow_model(environment: dict[str, str]) -> Iterator[ScriptedModel]:
    """A model that says one sentence, and goes on for minutes."""
    reply = give_answer((NEEDS, [1], ["a supply of 12 volts"]), (DRAWS * 200, [1], ["400 milliamperes"]))
    reply.tokens_per_s = 60
    with serve_model([reply]) as model:
        environment |= {"PINCITE_MODEL": "openai:gpt-test", "PINCITE_MODEL_BASE_URL": model.url}
        yield model


def ask(environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PINCITE, "ask", VOLTS, *more], env=environment, capture_output=True, text=True, check=False
    )


def until(happened: Callable[[], bool], give_up_s: float = 60) -> None:
    end = time.monotonic() + give_up_s
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def started(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PINCITE, "ask", VOLTS], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_a_reader_of_one_line_ends_the_answer(environment: dict[str, str]) -> None:
    shell = 'set -o pipefail; "$0" ask "$1" | head -1'
    done = subprocess.run(
        ["bash", "-c", shell, PINCITE, VOLTS], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 128 + signal.SIGPIPE)
    assert done.stderr == ""
    assert done.stdout.strip() == "Heron gateway manual"


def test_a_reader_that_leaves_ends_the_models_call(
    environment: dict[str, str], slow_model: ScriptedModel
) -> None:
    run = started(environment)
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.readline().decode().startswith(NEEDS)
    run.stdout.close()
    said = run.stderr.read()
    assert (run.wait(60), said) == (0, b"")
    run.stderr.close()
    until(lambda: slow_model.hung_up == 1)


def test_an_interrupt_is_one_line_and_ends_the_models_call(
    environment: dict[str, str], slow_model: ScriptedModel
) -> None:
    run = started(environment)
    assert run.stdout is not None
    assert run.stdout.readline().decode().startswith(NEEDS)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.decode().startswith("pincite: interrupted")
    assert said.count(b"\n") == 1
    until(lambda: slow_model.hung_up == 1)


def test_output_in_a_pipe_is_neither_wrapped_nor_coloured(environment: dict[str, str]) -> None:
    done = ask(environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "  Heron gateway manual"
    assert "\x1b" not in done.stdout


def test_a_sentence_takes_one_line_with_what_stands_against_it(environment: dict[str, str]) -> None:
    long = f"{NEEDS[:-1]}{', and it draws power from the same supply' * 5}."
    with serve_model([give_answer((long, [1], ["a supply of 12 volts"]))]) as model:
        asked = {"PINCITE_MODEL": "openai:gpt-test", "PINCITE_MODEL_BASE_URL": model.url}
        done = ask(environment | asked | {"PINCITE_ANSWER__SECOND_READER": "false"})
    assert (done.returncode, done.stderr) == (0, "")
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"{long} [1] (partly supported: ")


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_at_a_terminal_unless_they_are_not_wanted(
    environment: dict[str, str], no_color: str, coloured: bool
) -> None:
    ours, theirs = pty.openpty()
    told = environment | {"TERM": "xterm-256color", "NO_COLOR": no_color}
    run = subprocess.Popen([PINCITE, "ask", VOLTS], env=told, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert run.wait(60) == 0
    assert b"12 volts" in shown
    assert (b"[1;36m" in shown) is coloured


def test_progress_in_a_pipe_has_no_control_characters(environment: dict[str, str], documents: Path) -> None:
    done = subprocess.run(
        [PINCITE, "add", documents, "--source", "again"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert not any(char < " " and char != "\n" for char in done.stdout + done.stderr)
    assert done.stderr == ""


def test_the_version_is_told(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [PINCITE, "--version"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("pincite ")


@pytest.mark.parametrize("name", ["ask", "add", "serve", "keys"])
def test_help_has_examples_a_line_each(environment: dict[str, str], name: str) -> None:
    done = subprocess.run(
        [PINCITE, name, "--help"], env=environment, capture_output=True, text=True, check=False
    )
    assert f"\n    pincite {name}" in done.stdout


def test_a_missing_key_is_named_and_not_needed_for_extractive_answers(environment: dict[str, str]) -> None:
    told = environment | {"PINCITE_MODEL": "openai:gpt-4o-mini"}
    done = ask(told)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "OPENAI_API_KEY" in done.stderr
    assert "--extractive" in done.stderr
    without = ask(told, "--extractive")
    assert (without.returncode, without.stderr) == (0, "")
    assert "12 volts" in without.stdout


@pytest.mark.parametrize("port", ["99999", "-5"])
def test_a_port_that_is_none_is_one_line(environment: dict[str, str], port: str) -> None:
    done = subprocess.run(
        [PINCITE, "serve", f"--port={port}"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"pincite: {port} is no port; choose one from 0 (any that is free) to 65535\n"


def test_a_refused_key_is_not_in_the_audit_log(environment: dict[str, str], home: Path) -> None:
    done = subprocess.run(
        [PINCITE, "keys", "create", "x", "--user", "anna", "--role", "emperor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert not (home / "default" / "audit.sqlite").exists()
