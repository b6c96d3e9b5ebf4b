"""The examples of extensions, installed as a stranger would and used by the real command."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from app.testing.guard_suite import GuardSuite
from app.testing.loader_suite import LoaderSuite, Sample
from app.testing.openai_server import Reply, give_answer, serve_model
from app.testing.tool_suite import ToolSuite
from tests.support.strangers import Stranger

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MINUTES = "# Budget\n10:05 Ann: We keep the travel budget at 4,000 euros.\n10:09 Bo: Agreed by everybody.\n"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / "extensions" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def registration(name: str) -> dict[str, str]:
    """The entry point that an example's own docstring gives: {"group name": target}."""
    text = (EXAMPLES / "extensions" / f"{name}.py").read_text(encoding="utf-8")
    group = text.split('[project.entry-points."')[1].split('"]')[0]
    line = text.split('"]\n')[1].splitlines()[0]
    entry, _, target = line.strip().partition(" = ")
    return {f"{group} {entry}": target.strip('"')}


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    return Stranger(tmp_path)


def bring(stranger: Stranger, name: str, distribution: str, version: str = "1.0") -> None:
    stranger.bring(
        distribution, version, registration(name), **{name: EXAMPLES / "extensions" / f"{name}.py"}
    )


def test_a_format_is_read_cited_and_listed(stranger: Stranger, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "budget.minutes").write_text(MINUTES)
    assert "passed over 1 files" in stranger.pincite("add", folder).stdout
    bring(stranger, "minutes_format", "pincite-minutes")
    added = stranger.pincite("add", folder)
    assert (added.returncode, added.stderr) == (0, "")
    assert "1 added" in added.stdout
    asked = stranger.pincite("ask", "--json", "What is the travel budget?")
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered", asked
    cited = answer["citations"][0]
    text = stranger.pincite("text", cited["doc_id"]).stdout
    assert text.removesuffix("\n") == MINUTES.removesuffix("\n")
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert "4,000 euros" in cited["quote"]
    assert "ok       loader minutes: .minutes, from pincite-minutes 1.0" in stranger.pincite("doctor").stdout


def test_a_new_version_reads_again_and_none_leaves_the_documents(stranger: Stranger, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "budget.minutes").write_text(MINUTES)
    (folder / "plain.md").write_text("# Leave\n\nAsk first.\n")
    sync = ("sync", "--source", "notes", folder)
    bring(stranger, "minutes_format", "pincite-minutes", "1.0")
    assert "2 added" in stranger.pincite(*sync).stdout
    assert "2 unchanged" in stranger.pincite(*sync).stdout
    shutil.rmtree(tmp_path / "pincite_minutes-1.0.dist-info")
    bring(stranger, "minutes_format", "pincite-minutes", "1.1")
    assert "1 updated, 1 unchanged" in stranger.pincite(*sync).stdout
    shutil.rmtree(tmp_path / "pincite_minutes-1.1.dist-info")
    without = stranger.pincite(*sync)
    assert without.returncode == 1
    assert "the loader that read it is not there any more; its document stays" in without.stderr
    assert "budget.minutes" in stranger.pincite("list").stdout


def test_a_tool_is_called_when_it_is_named_and_what_it_says_is_cited(
    stranger: Stranger, tmp_path: Path
) -> None:
    bring(stranger, "opening_hours_tool", "pincite-hours")
    document = tmp_path / "shops.md"
    document.write_text("# Shops\n\nThe shop in Berlin is open every weekday.\n")
    assert stranger.pincite("add", document).returncode == 0
    assert "off      tool opening_hours: from pincite-hours 1.0" in stranger.pincite("doctor").stdout
    claim = ("The shop in Berlin is open from 9:00 to 18:00.", [2], ["open from 9:00 to 18:00"])
    script = [Reply(tool="opening_hours", arguments={"city": "Berlin"}), give_answer(claim)]
    with serve_model(script) as model:
        asked = stranger.pincite(
            "ask",
            "--json",
            "When is the shop in Berlin open?",
            PINCITE_MODEL="openai:gpt-test",
            PINCITE_MODEL_BASE_URL=model.url,
            OPENAI_API_KEY="k",
            PINCITE_EXTENSIONS__TOOLS="opening_hours",
        )
    answer = json.loads(asked.stdout)
    assert (answer["status"], answer["mode"]) == ("answered", "model"), asked
    assert answer["citations"][0]["quote"] == "The shop in Berlin is open from 9:00 to 18:00."


def test_a_guard_acts_when_it_is_named(stranger: Stranger, tmp_path: Path) -> None:
    bring(stranger, "code_names_guard", "pincite-names")
    document = tmp_path / "plan.md"
    document.write_text("# Plan\n\nThe Bluebird release needs a supply of 12 volts.\n")
    stranger.pincite("add", document)
    question = ("ask", "How many volts does the release need?")
    assert "Bluebird" in stranger.pincite(*question).stdout.splitlines()[0]
    guarded = stranger.pincite(*question, PINCITE_EXTENSIONS__GUARDS="code_names")
    assert guarded.stdout.startswith("The [project] release needs"), guarded
    said = stranger.pincite("doctor", PINCITE_EXTENSIONS__GUARDS="code_names").stdout
    assert "ok       guard code_names: from pincite-names 1.0" in said


def test_a_node_is_its_file_a_line_and_the_state(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("state", "open_ticket"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(EXAMPLES / "own_node")
    module = importlib.import_module("open_ticket")
    answer: dict[str, Any] = {"status": "abstained"}
    assert module.open_ticket({"question": "Why?", "answer": answer}) == {"ticket": "For a colleague: Why?"}
    assert module.open_ticket({"question": "Why?", "answer": {"status": "answered"}}) == {"ticket": ""}


class TestMinutesLoader(LoaderSuite):
    loader = example("minutes_format").MinutesLoader()
    samples = (Sample("budget.minutes", MINUTES.encode(), "We keep the travel budget"),)


class TestCodeNames(GuardSuite):
    guard = example("code_names_guard").CodeNames()
    passes = ("Ask first.", "Where do bluebirds live?")
    stops = ("What is Bluebird?", "BLUEBIRD ships in May.")


class TestOpeningHours(ToolSuite):
    tool = example("opening_hours_tool").opening_hours
    arguments: ClassVar = {"city": "Lyon"}
