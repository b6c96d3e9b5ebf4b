"""The command line against a server: the same output as on the machine itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.identity.settings import AuthSettings
from app.ingestion.load.hidden import HIDDEN_CHARS, RISK
from app.registry.schema import EVERYONE
from app.terminal import document_text
from tests.app.api.test_application import VOLTS
from tests.support.cli import Command
from tests.support.loopback import listening
from tests.support.served import key_of, serving


class Remote:
    """``pincite`` with PINCITE_SERVER and PINCITE_KEY, in an empty folder."""

    def __init__(self, url: str, key: str, folder: Path) -> None:
        self.url = url
        self.key = key
        self.folder = folder

    def __call__(self, *words: object, code: int = 0, by_option: bool = False) -> str:
        given = ["--server", self.url] if by_option else []
        known = {"PINCITE_KEY": self.key} | ({} if by_option else {"PINCITE_SERVER": self.url})
        done = subprocess.run(
            [sys.executable, "-m", "app.main", *given, *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **known, "PINCITE_HOME": str(self.folder / "none"), "NO_COLOR": "1"},
            check=False,
        )
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done.stdout if code in (0, 1) else done.stderr


@pytest.fixture
def remote(home: Path, tmp_path: Path) -> Iterator[Remote]:
    with serving(home) as app, listening(app) as url:
        yield Remote(url, key_of(home, "otto", "operator"), tmp_path)


def test_documents_and_answers_are_printed_as_on_the_machine(remote: Remote, filled: Command) -> None:
    assert remote("list", by_option=True) == filled("list").out
    assert remote("facets") == filled("facets").out
    asked = remote("ask", VOLTS)
    assert "12 volts" in asked
    place = next(word for word in asked.split() if "@" in word and ":" in word)
    assert remote("show", place) == filled("show", place).out
    document = place.partition("@")[0]
    assert remote("text", document) == filled("text", document).out
    (line,) = remote("answers", "list").splitlines()
    answer = line.split("\t")[0]
    shown = remote("answers", "show", answer)
    assert shown == filled("answers", "show", answer).out
    assert "1 answers" in remote("verify", answer)
    assert remote("threads", "list").strip() == "no stored conversations"
    remote("ask", VOLTS, "--thread", "trip")
    assert remote("threads", "list").split("\t")[:2] == ["trip", "otto"]
    assert remote("threads", "delete", "trip") == "deleted trip\n"
    assert "otto" in remote("keys", "list")
    assert remote("usage").count("\t") > 3


def test_files_are_uploaded_and_the_job_is_waited_for(remote: Remote, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\nThe Heron relay clicks twice at noon.\n")
    added = remote("add", notes, "--groups", "everyone")
    assert "1 added" in added
    job = added.split("\t")[0]
    assert remote("jobs", "list").startswith(job)
    assert "noon" in remote("ask", "When does the Heron relay click?", "--filter", "source=uploads")
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 and no more")
    assert "failed: bad.pdf" in remote("add", bad, code=1)


@pytest.mark.parametrize("words", [("sync", "--source", "x"), ("doctor",), ("jobs", "run"), ("serve",)])
def test_what_no_server_does_is_one_line(remote: Remote, words: tuple[str, ...]) -> None:
    said = remote(*words, code=2)
    assert "works on the machine itself" in said
    assert said.count("\n") == 1


def test_a_server_that_refuses_or_is_not_there_is_one_line(remote: Remote) -> None:
    remote.key = "pck_aaaaaaaaaaaa_" + "A" * 43
    assert "key" in remote("list", code=2)
    remote.url = "http://127.0.0.1:9"
    assert "cannot be reached" in remote("list", code=2)
    remote.url = "nonsense"
    assert "write it as http://127.0.0.1:8000" in remote("list", code=2)


def test_a_server_is_found_by_its_address_for_openai_too(remote: Remote) -> None:
    remote.url += "/v1/"
    assert remote("list")


@pytest.mark.parametrize(("key", "what"), [("", "is not set"), ("pck_none", "is not taken")])
def test_where_a_key_is_needed_the_variable_for_it_is_named(
    home: Path, tmp_path: Path, key: str, what: str
) -> None:
    with serving(home, auth=AuthSettings(required=True)) as app, listening(app) as url:
        told = Remote(url, key, tmp_path)("list", code=2)
    assert f"asks for a key, and PINCITE_KEY {what}" in told


def test_help_and_a_question_to_a_server_import_nothing_heavy(remote: Remote) -> None:
    code = (
        "import sys; sys.argv = ['pincite', *sys.argv[1:]]\n"
        "from app.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('langchain', 'langchain_core', 'langgraph', 'onnxruntime', 'sqlalchemy', 'fastapi')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    env = {**os.environ, "PINCITE_KEY": remote.key}
    for words in (["--help"], ["--server", remote.url, "ask", VOLTS]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, encoding="utf-8", env=env, check=False
        )
        assert done.stderr.splitlines()[-1] == "[]", done.stderr
        assert done.stdout


def test_the_words_of_the_index_are_its_own() -> None:
    names = (document_text.EVERYONE, document_text.RISK, document_text.HIDDEN_CHARS)
    assert names == (EVERYONE, RISK, HIDDEN_CHARS)
