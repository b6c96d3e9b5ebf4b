"""The examples of extensions, installed as a stranger would and used by the real command."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from app.retrieval.vectors.store import StorePlace, VectorStore
from app.testing.guard_suite import GuardSuite
from app.testing.loader_suite import LoaderSuite, Sample
from app.testing.openai_server import Reply, give_answer, serve_model
from app.testing.tool_suite import ToolSuite
from app.testing.vector_store_suite import VectorStoreSuite
from tests.support.strangers import Stranger
from tests.support.web_server import site

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
    assert "passed over 1 files" in stranger.pincite("add", folder).out
    bring(stranger, "minutes_format", "pincite-minutes")
    added = stranger.executable("add", folder)
    assert (added.returncode, added.stderr) == (0, "")
    assert "1 added" in added.stdout
    asked = stranger.pincite("ask", "--json", "What is the travel budget?")
    answer = json.loads(asked.out)
    assert answer["status"] == "answered", asked
    cited = answer["citations"][0]
    text = stranger.pincite("text", cited["doc_id"]).out
    assert text.removesuffix("\n") == MINUTES.removesuffix("\n")
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert "4,000 euros" in cited["quote"]
    assert "ok       loader minutes: .minutes, from pincite-minutes 1.0" in stranger.pincite("doctor").out


def test_a_web_page_of_its_type_is_read_by_its_loader(stranger: Stranger) -> None:
    named = {"PINCITE_WEB__PRIVATE_HOSTS": "127.0.0.1", "PINCITE_WEB__DELAY_S": "0"}
    with site() as web:
        web.page("/board/7", MINUTES, "text/x-minutes; charset=utf-8")
        refused = stranger.pincite("add", f"{web.url}/board/7", **named)
        assert refused.code == 1
        assert "content of type text/x-minutes is not read" in refused.err
        bring(stranger, "minutes_format", "pincite-minutes")
        added = stranger.pincite("add", f"{web.url}/board/7", **named)
        assert (added.code, added.err) == (0, "")
        assert "1 added" in added.out
        url = f"{web.url}/board/7"
    (listed,) = json.loads(stranger.pincite("list", "--json").out)
    assert (listed["uri"], listed["media_type"]) == (url, "text/x-minutes")
    answer = json.loads(stranger.pincite("ask", "--json", "What is the travel budget?").out)
    cited = answer["citations"][0]
    assert cited["uri"] == url
    assert cited["headings"][-1] == "Budget", "the loader's own headings"
    text = stranger.pincite("text", cited["doc_id"]).out
    assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_a_new_version_reads_again_and_none_leaves_the_documents(stranger: Stranger, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "budget.minutes").write_text(MINUTES)
    (folder / "plain.md").write_text("# Leave\n\nAsk first.\n")
    sync = ("sync", "--source", "notes", folder)
    bring(stranger, "minutes_format", "pincite-minutes", "1.0")
    assert "2 added" in stranger.pincite(*sync).out
    assert "2 unchanged" in stranger.pincite(*sync).out
    shutil.rmtree(tmp_path / "pincite_minutes-1.0.dist-info")
    bring(stranger, "minutes_format", "pincite-minutes", "1.1")
    assert "1 updated, 1 unchanged" in stranger.pincite(*sync).out
    shutil.rmtree(tmp_path / "pincite_minutes-1.1.dist-info")
    without = stranger.pincite(*sync)
    assert without.code == 1
    assert "the loader that read it is not there any more; its document stays" in without.err
    assert "budget.minutes" in stranger.pincite("list").out


def test_a_tool_is_called_when_it_is_named_and_what_it_says_is_cited(
    stranger: Stranger, tmp_path: Path
) -> None:
    bring(stranger, "opening_hours_tool", "pincite-hours")
    document = tmp_path / "shops.md"
    document.write_text("# Shops\n\nThe shop in Berlin is open every weekday.\n")
    assert stranger.pincite("add", document).code == 0
    assert "off      tool opening_hours: from pincite-hours 1.0" in stranger.pincite("doctor").out
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
    answer = json.loads(asked.out)
    assert (answer["status"], answer["mode"]) == ("answered", "model"), asked
    assert answer["citations"][0]["quote"] == "The shop in Berlin is open from 9:00 to 18:00."


def test_a_guard_acts_when_it_is_named(stranger: Stranger, tmp_path: Path) -> None:
    bring(stranger, "code_names_guard", "pincite-names")
    document = tmp_path / "plan.md"
    document.write_text("# Plan\n\nThe Bluebird release needs a supply of 12 volts.\n")
    stranger.pincite("add", document)
    question = ("ask", "How many volts does the release need?")
    assert "Bluebird" in stranger.pincite(*question).out
    guarded = stranger.pincite(*question, PINCITE_EXTENSIONS__GUARDS="code_names")
    assert "The [project] release needs" in guarded.out, guarded
    assert "Bluebird" not in guarded.out.partition("\n  [1]")[0]
    said = stranger.pincite("doctor", PINCITE_EXTENSIONS__GUARDS="code_names").out
    assert "ok       guard code_names: from pincite-names 1.0" in said


def test_a_vector_store_holds_the_vectors_when_it_is_named(stranger: Stranger, tmp_path: Path) -> None:
    bring(stranger, "one_file_store", "pincite-one-file")
    (tmp_path / "shops.md").write_text("# Shops\n\nThe shop in Berlin is open every weekday.\n")
    (tmp_path / "boats.md").write_text("# Boats\n\nThe ferry leaves at noon.\n")
    assert stranger.pincite("add", tmp_path / "shops.md").code == 0
    assert "off      vector store one_file: from pincite-one-file 1.0" in stranger.pincite("doctor").out
    named = {"PINCITE_RETRIEVAL__VECTOR_STORE": "one_file"}

    asked = stranger.pincite("ask", "When is the shop open?", **named)
    assert "found by words only: the vectors are in the vector store rows" in asked.out + asked.err
    added = stranger.pincite("add", tmp_path / "boats.md", **named)
    assert added.code == 0
    assert added.err == "the vectors of 1 passages were written to the vector store one_file\n"
    home = stranger.folder / "home" / "default"
    assert [path.suffix for path in (home / "vectors" / "one_file").iterdir()] == [".npz"]
    assert not (home / "rows").exists()

    answer = json.loads(stranger.pincite("ask", "--json", "When is the shop open?", **named).out)
    assert answer["status"] == "answered"
    (found,) = answer["receipt"]["retrievals"]
    assert found["found"][0]["scores"]["dense"] > 0.5
    assert not answer["notices"]
    said = stranger.pincite("doctor", **named)
    assert said.code == 0, said.out
    assert "ok       vector store one_file: from pincite-one-file 1.0" in said.out
    assert "2 passages, as many with words and vectors in one_file" in said.out


TELLTALE = "from pathlib import Path\nPath('was-imported').touch()\nraise RuntimeError('broken on purpose')\n"


def test_doctor_imports_nothing_that_is_not_named(stranger: Stranger) -> None:
    entries = {f"pincite.{kind} watcher": "watcher:it" for kind in ("guards", "tools", "vector_stores")}
    stranger.bring("pincite-watcher", "1.0", entries, watcher=TELLTALE)
    said = stranger.pincite("doctor")
    assert "off      guard watcher: from pincite-watcher 1.0, not used; name it in" in said.out
    assert "off      tool watcher: from pincite-watcher 1.0, not used; name it in" in said.out
    assert "off      vector store watcher: from pincite-watcher 1.0, not used; name it in" in said.out
    assert not list(stranger.folder.rglob("was-imported"))


def test_a_vector_store_that_is_not_there_or_lacks_a_method_is_one_line(stranger: Stranger) -> None:
    named = {"PINCITE_RETRIEVAL__VECTOR_STORE": "half"}
    asked = stranger.pincite("ask", "Why?", **named)
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert "names 'half', which no installed distribution brings" in asked.err
    assert "Pincite's own are rows and chroma" in asked.err
    source = (
        "class Half:\n    def __init__(self, place):\n        pass\n\n    def upsert(self):\n        pass\n"
    )
    stranger.bring("pincite-half", "1.0", {"pincite.vector_stores half": "half:Half"}, half=source)
    asked = stranger.pincite("ask", "Why?", **named)
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert "'half' of pincite-half 1.0 is no vector store: it has no delete, nearest, cosines" in asked.err
    said = stranger.pincite("doctor", **named)
    assert said.code == 1
    assert "broken   vector store half: pincite.vector_stores 'half' of pincite-half 1.0 is no" in said.out


@pytest.mark.parametrize("kind", ["guards", "tools"])
def test_what_is_named_and_broken_is_one_line(stranger: Stranger, kind: str) -> None:
    stranger.bring("pincite-watcher", "1.0", {f"pincite.{kind} watcher": "watcher:it"}, watcher=TELLTALE)
    named = {f"PINCITE_EXTENSIONS__{kind.upper()}": "watcher"}
    asked = stranger.pincite("ask", "Why?", **named)
    assert asked.code == 2
    assert asked.err.count("\n") == 1
    assert "cannot be loaded (RuntimeError: broken on purpose)" in asked.err
    said = stranger.pincite("doctor", **named)
    assert said.code == 1
    assert f"broken   {kind[:-1]} watcher: pincite.{kind} 'watcher' of pincite-watcher 1.0" in said.out


def test_what_is_named_and_not_there_is_one_line(stranger: Stranger) -> None:
    asked = stranger.pincite("ask", "Why?", PINCITE_EXTENSIONS__TOOLS="nobody")
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert "PINCITE_EXTENSIONS__TOOLS names 'nobody', which no installed distribution brings" in asked.err


def test_a_loader_that_claims_a_built_in_suffix_is_not_used(stranger: Stranger, tmp_path: Path) -> None:
    source = (EXAMPLES / "extensions" / "minutes_format.py").read_text(encoding="utf-8")
    entry = registration("minutes_format")
    stranger.bring("pincite-grab", "1.0", entry, minutes_format=source.replace('".minutes"', '".md"'))
    (tmp_path / "leave.md").write_text("# Leave\n\nAsk first.\n")
    added = stranger.pincite("add", tmp_path / "leave.md")
    assert (added.code, added.err) == (0, "")
    said = stranger.pincite("doctor")
    assert said.code == 1
    assert "is not used: it claims .md, which is built in" in said.out


@pytest.mark.parametrize("name", ["cite", "give_answer", "search_documents"])
def test_a_tool_takes_no_name_that_the_graph_has(stranger: Stranger, name: str) -> None:
    source = 'from langchain_core.tools import StructuredTool\n\ndef it() -> str:\n    "It."\n\n'
    source += f"made = StructuredTool.from_function(it, name={name!r})\n"
    stranger.bring("pincite-taken", "1.0", {"pincite.tools taken": "taken:made"}, taken=source)
    asked = stranger.pincite("ask", "Why?", PINCITE_EXTENSIONS__TOOLS="taken")
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert f"makes a tool called {name!r}, a name that is in use" in asked.err


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"accepts_untrusted": True}, "takes untrusted arguments, reads private data and writes"),
        ({"reads": "no"}, "the tool 'mail' declares what cannot be: reads must be true or false"),
    ],
)
def test_a_tool_that_may_not_be_used_so_is_one_line(
    stranger: Stranger, metadata: dict[str, Any], why: str
) -> None:
    source = 'from langchain_core.tools import tool\n\n@tool\ndef mail(to: str) -> str:\n    "Mail."\n'
    source += f"\nmail.metadata = {{'pincite': {metadata!r}}}\n"
    stranger.bring("pincite-mail", "1.0", {"pincite.tools mail": "mail_tool:mail"}, mail_tool=source)
    asked = stranger.pincite("ask", "Why?", PINCITE_EXTENSIONS__TOOLS="mail")
    assert (asked.code, asked.err.count("\n")) == (2, 1)
    assert why in asked.err


class TestMinutesLoader(LoaderSuite):
    loader = example("minutes_format").MinutesLoader()
    samples = (Sample("budget.minutes", MINUTES.encode(), "We keep the travel budget"),)


class TestCodeNames(GuardSuite):
    guard = example("code_names_guard").CodeNames()
    passes = ("Ask first.", "Where do bluebirds live?")
    stops = ("What is Bluebird?", "BLUEBIRD ships in May.")


class TestOneFileStore(VectorStoreSuite):
    def make(self, place: StorePlace) -> VectorStore:
        made: VectorStore = example("one_file_store").OneFileStore(place)
        return made


class TestOpeningHours(ToolSuite):
    tool = example("opening_hours_tool").opening_hours
    arguments: ClassVar = {"city": "Lyon"}
