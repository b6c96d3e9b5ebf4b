"""`pincite` as a whole: what it imports, how it ends, what it does with awkward input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.testing.openai_server import Reply, serve_model
from graphs.contracts import Answer
from tests.support.cli import Command, Finished

PINCITE = Path(sys.executable).with_name("pincite")


def one_line(done: Finished) -> str:
    """The one line a run gave on standard error, after which it ended with 2."""
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert done.err.startswith("pincite: ")
    return done.err.removeprefix("pincite: ").strip()


def test_help_needs_no_heavy_module() -> None:
    heavy = (
        "chromadb fastapi guardrails httpx langchain_chroma langchain_core langgraph langsmith numpy "
        "onnxruntime openai pydantic sqlalchemy tokenizers uvicorn yaml"
    )
    named = f"[name for name in {heavy.split()!r} if name in sys.modules]"
    code = f"import sys, app.cli, evals.cli, app.main; print({named})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_installed_command_answers_a_closed_pipe_quietly(indexed_home: Path, tmp_path: Path) -> None:
    """The real entry point, whose reader has gone before it writes."""
    read, write = os.pipe()
    os.close(read)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PINCITE_HOME": str(indexed_home)}
    done = subprocess.run(
        [PINCITE, "list"], stdout=write, stderr=subprocess.PIPE, env=environment, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_names_every_command(command: Command) -> None:
    for done in (command(), command("--help")):
        assert all(
            f" {name} " in done.out + done.err
            for name in "add sync ask list remove prune text show answers verify doctor serve".split()
        )
    for name in "add sync ask list remove prune text show answers verify doctor serve".split():
        assert command(name, "--help").code == 0
    assert not command.home.exists(), "printing help made a data folder"


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("ask",),
        ("sync", "."),
        ("list", "--bogus"),
        ("show", "a:1-2", "--context", "x"),
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(command: Command, arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert "Error: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "PINCITE_MODLE",
            "openai:gpt-4o-mini",
            "PINCITE_MODLE is not a setting; did you mean PINCITE_MODEL?",
        ),
        ("PINCITE_API__PORT", "abc", "PINCITE_API__PORT: Input should be a valid integer"),
        ("PINCITE_RETRIEVAL__TOP_K", "0", "PINCITE_RETRIEVAL__TOP_K: Input should be greater than"),
        ("PINCITE_TENANT", "../up", "PINCITE_TENANT: String should match"),
        ("PINCITE_EMBEDDING__PROVIDER", "magic", "PINCITE_EMBEDDING__PROVIDER: Input should be"),
        ("PINCITE_MODEL", "nobody:nothing", "PINCITE_MODEL=nobody:nothing"),
        ("PINCITE_MODEL", "openai:gpt-4o-mini", "PINCITE_MODEL=openai:gpt-4o-mini"),
    ],
)
def test_a_setting_that_cannot_work_is_named(indexed: Command, name: str, value: str, said: str) -> None:
    assert said in one_line(indexed("ask", "Anything?", **{name: value}))


def test_a_dotenv_file_is_read_and_the_environment_wins(command: Command, tmp_path: Path) -> None:
    for run in ("run-1", "run-2"):  # the current folders of the next runs
        (tmp_path / "runs" / run).mkdir(parents=True)
        (tmp_path / "runs" / run / ".env").write_text("PINCITE_API__PORT=abc\n")
    assert "PINCITE_API__PORT" in one_line(command("list"))
    assert command("list", PINCITE_API__PORT="80").code == 0


def test_a_home_that_is_a_file_is_one_line(command: Command) -> None:
    command.home.write_text("not a folder")
    for arguments in (("list",), ("ask", "What?"), ("add", "x.md")):
        said = one_line(command(*arguments))
        assert str(command.home) in said
        assert "check the path" in said


def test_a_home_that_cannot_be_written_is_one_line(command: Command) -> None:
    # /proc takes no folders, from root neither.
    said = one_line(command("add", "x.md", PINCITE_HOME="/proc/nobody/pincite"))
    assert "/proc/nobody" in said


def test_a_registry_that_is_damaged_is_one_line(filled: Command) -> None:
    path = filled.home / "default" / "registry.sqlite"
    path.write_bytes(b"this is no database" * 500)
    assert "the document registry cannot be used (file is not a database)" in one_line(filled("list"))


def test_an_answer_as_json_quotes_exactly_what_is_stored(indexed: Command) -> None:
    done = indexed("ask", "--json", "When does the cafe open?")
    assert done.code == 0
    answer = Answer.model_validate_json(done.out)
    assert answer.status == "answered"
    assert answer.citations
    for citation in answer.citations:
        text = indexed("text", citation.doc_id, "--version", citation.version).raw.decode()
        assert citation.quote == text[citation.start : citation.end]
        assert "café" in citation.quote


def test_an_answer_shows_sentences_their_words_and_their_place(indexed: Command) -> None:
    done = indexed("ask", "How many volts does the Heron gateway need?")
    assert (done.code, done.err) == (0, "")
    assert "12 volts" in done.out.partition("[1]")[0]
    place = next(line.split()[-1] for line in done.out.splitlines() if line.startswith("    [1] gateway-"))
    shown = indexed("show", place)
    assert ">>>The Heron gateway needs a supply of 12 volts" in shown.out


def test_not_knowing_is_an_answer_and_says_what_was_nearest(indexed: Command) -> None:
    done = indexed("ask", "Who won the chess championship of 1972?")
    assert done.code == 0
    assert "I do not know" in done.out
    assert "Nearest:" in done.out


def test_groups_and_filters_are_asked_with(indexed: Command) -> None:
    question = "What does an engineer of band E4 earn?"
    assert "71,000" not in indexed("ask", question, "--group", "sales").out
    assert "71,000" in indexed("ask", question, "--group", "sales", "--group", "hr").out
    volts = "How many volts does the Heron gateway need?"
    assert "12 volts" in indexed("ask", volts, "--filter", "version=2.4", "--filter", "version=2.5").out
    assert "12 volts" not in indexed("ask", volts, "--filter", "version=2.5").out
    for wrong in ("version", "=2.4", " =x"):
        assert "is not of the form key=value" in one_line(indexed("ask", volts, "--filter", wrong))


def test_a_chain_of_models_is_chosen_by_name(indexed: Command) -> None:
    volts = "How many volts does the Heron gateway need?"
    with serve_model([Reply(status=500)]) as model:
        chains = {"PINCITE_CHAINS": "fast=openai:gpt-test", "PINCITE_MODEL_BASE_URL": model.url}
        assert "The model did not answer" in indexed("ask", volts, "--chain", "fast", **chains).out
        asked = len(model.requests)
        assert "The model did not answer" not in indexed("ask", volts, **chains).out
        wrong = indexed("ask", volts, "--chain", "quick", **chains)
        assert len(model.requests) == asked > 0
    assert (wrong.code, wrong.err) == (1, "")
    assert "refused: There is no chain of models called 'quick'; there are: fast." in wrong.out


def test_a_question_comes_from_standard_input_too(indexed: Command) -> None:
    done = indexed.fed(b"How many volts does the Heron gateway need?\n", "ask", "-")
    assert "12 volts" in done.out


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        (b"   \n", 1, "refused: The question is empty"),
        (b"", 1, "refused: The question is empty"),
        ("☕🎉".encode(), 0, "I do not know"),
        (b"words " * 17_000, 1, "refused: the question has"),
        (b"\xff\xfe not UTF-8", 0, "I do not know"),
        (b"a\x00b", 1, "control characters (U+0000)"),
        (b"[bold]red[/bold] {x} %s", 0, "I do not know"),
    ],
)
def test_awkward_questions_end_in_order(indexed: Command, question: bytes, code: int, said: str) -> None:
    done = indexed.fed(question, "ask", "-")
    assert done.code == code
    assert said in done.out
    assert done.err == ""


def test_a_question_that_is_no_utf_8_may_be_an_argument(indexed: Command) -> None:
    done = indexed("ask", "--json", os.fsdecode(b"caf\xe9?"))
    assert json.loads(done.out)["question"] == "caf\ufffd?"
