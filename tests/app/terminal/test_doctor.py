"""`pincite doctor`: what it says, what it marks, how it ends."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from app.retrieval.embedding import minilm_embeddings
from app.settings import IngestSettings, Settings
from app.terminal.doctor import examine, would_contact
from tests.support.cli import Command, Finished
from tests.support.warm_model import load_anew

EVERYWHERE = "0.0.0.0"  # noqa: S104 - examined, not listened on


def marks(done: Finished) -> dict[str, tuple[str, str]]:
    """What was examined, as {what: (mark, detail)}."""
    found = {}
    for line in done.out.splitlines():
        mark, _, rest = line.partition(" ")
        if mark in ("ok", "off", "missing", "broken"):
            what, _, detail = rest.strip().partition(": ")
            found[what] = (mark, detail)
    return found


def mark(done: Finished, what: str) -> str:
    return marks(done)[what][0]


def test_a_healthy_folder_is_all_ok_and_contacts_nobody(indexed: Command) -> None:
    done = indexed("doctor")
    assert (done.code, done.err) == (0, "")
    files = {what for what in marks(done) if what.startswith("file ")}
    assert {"file registry.sqlite", "file state.key", "file embeddings.sqlite"} <= files
    assert {what for what, (found, _) in marks(done).items() if found == "ok"} - files == {
        *("guard question-form", "guard injection", "guard canary", "guard allowed-links", "guard secrets"),
        "Python",
        "pincite",
        "data folder",
        "embeddings",
        "documents",
        "index",
        "gate",
        "keeping",
        "web pages",
        "tool search_documents",
        "tool list_documents",
        "tool read_document",
        "tool query_table",
        "tool compute",
        "tool calls",
        *("serve", "serve callers", "serve metrics and logs"),
    }
    assert {what for what, (found, _) in marks(done).items() if found == "off"} == {
        *("guard topics", "guard question-personal-data", "guard personal-data"),
        "chat model",
        "LangSmith",
        "evaluation data",
        "telemetry",
        "tool ask_person",
        *("serve budgets", "serve limits"),
    }
    assert done.out.endswith("Would contact, when you ask or add files: nothing and nobody\n")


def test_the_gate_is_told_with_what_it_rests_on(indexed: Command) -> None:
    told = marks(indexed("doctor"))["gate"]
    assert told == ("ok", "answers without a model from a score of 0.62, set by hand")
    kept = marks(indexed("doctor", PINCITE_ANSWER__MOST_WRONG="0.9"))["gate"]
    assert "at most 90% wrong by public-" in kept[1]
    broken = indexed("doctor", PINCITE_ANSWER__MOST_WRONG="0.01")
    assert (broken.code, mark(broken, "gate")) == (1, "broken")


def test_a_new_folder_lacks_documents_which_breaks_nothing(command: Command) -> None:
    done = command("doctor")
    assert (done.code, mark(done, "documents")) == (0, "missing")
    assert "made at first use" in marks(done)["data folder"][1]
    assert not command.home.exists()


def test_settings_that_cannot_be_read_end_with_2(command: Command) -> None:
    done = command("doctor", PINCITE_MODLE="x")
    assert done.code == 2
    assert done.out.startswith("broken   settings: PINCITE_MODLE is not a setting")


def test_a_home_that_is_a_file_is_broken(command: Command) -> None:
    command.home.write_text("")
    done = command("doctor")
    assert (done.code, mark(done, "data folder")) == (1, "broken")
    assert "PINCITE_HOME" in marks(done)["data folder"][1]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM passages WHERE id = (SELECT min(id) FROM passages)", "vectors in rows"),
        ("UPDATE state SET value = 'other-model' WHERE key = 'fingerprint'", "built with other-model"),
    ],
)
def test_an_index_that_does_not_fit_is_broken(filled: Command, damage: str, said: str) -> None:
    connection = sqlite3.connect(filled.home / "default" / "registry.sqlite")
    connection.execute(damage)
    connection.commit()
    connection.close()
    done = filled("doctor")
    assert (done.code, mark(done, "index")) == (1, "broken")
    assert said in marks(done)["index"][1]
    assert "pincite rebuild" in marks(done)["index"][1] or "again" in marks(done)["index"][1]


def test_an_interrupted_run_is_told_apart_from_damage(filled: Command) -> None:
    connection = sqlite3.connect(filled.home / "default" / "registry.sqlite")
    connection.execute("INSERT INTO vector_journal VALUES ('half-written@1:0-9')")
    connection.commit()
    connection.close()
    done = filled("doctor")
    assert (done.code, mark(done, "index")) == (0, "missing")
    assert "interrupted" in marks(done)["index"][1]


def test_documents_read_by_an_earlier_version_are_said_and_break_nothing(filled: Command) -> None:
    assert "reading" not in marks(filled("doctor"))
    connection = sqlite3.connect(filled.home / "default" / "registry.sqlite")
    connection.execute("UPDATE documents SET pipeline = replace(pipeline, '/text-', '/text-0')")
    connection.commit()
    connection.close()
    done = filled("doctor")
    assert (done.code, mark(done, "reading"), mark(done, "index")) == (0, "missing", "ok")
    assert "run the same add or sync again" in marks(done)["reading"][1]


def test_an_altered_model_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = Path(minilm_embeddings.__file__).parent / "minilm"
    shutil.copytree(carried, tmp_path / "minilm")
    (tmp_path / "minilm" / "tokenizer.json").write_text("{}")
    monkeypatch.setattr(minilm_embeddings, "files", lambda _package: tmp_path)
    load_anew(monkeypatch)
    found = {finding.what: finding for finding in examine(Settings(home=tmp_path / "home"))}
    assert found["embeddings"].mark == "broken"
    assert "tokenizer.json was altered" in found["embeddings"].detail


def test_keys_and_models_are_checked_without_calling_anybody(indexed: Command) -> None:
    missing = indexed("doctor", PINCITE_MODEL="openai:gpt-4o-mini")
    assert (missing.code, mark(missing, "chat model")) == (1, "broken")
    assert "needs OPENAI_API_KEY, which is not set" in marks(missing)["chat model"][1]
    unknown = indexed("doctor", PINCITE_MODEL="nobody:x")
    assert (unknown.code, mark(unknown, "chat model")) == (1, "broken")
    ready = indexed("doctor", PINCITE_MODEL="openai:gpt-4o-mini", OPENAI_API_KEY="sk-very-secret")
    assert (ready.code, mark(ready, "chat model")) == (0, "ok")
    assert ready.out.endswith("chat model openai:gpt-4o-mini at its provider\n")
    assert "sk-very-secret" not in ready.out


def test_an_endpoint_for_embeddings_without_a_key_is_broken(indexed: Command) -> None:
    environment = {
        "PINCITE_EMBEDDING__PROVIDER": "openai",
        "PINCITE_EMBEDDING__BASE_URL": "http://127.0.0.1:9/v1",
    }
    done = indexed("doctor", **environment)
    assert (done.code, mark(done, "embeddings")) == (1, "broken")
    assert "OPENAI_API_KEY" in marks(done)["embeddings"][1]
    keyed = indexed("doctor", **environment, PINCITE_EMBEDDING__API_KEY="sk-x")
    assert mark(keyed, "embeddings") == "ok"
    assert mark(keyed, "index") == "broken", "the index is of another vector space"
    assert "embeddings at http://127.0.0.1:9/v1" in keyed.out.splitlines()[-1]


def test_everybody_who_would_hear_from_us_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://traces.test")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.test/v1")
    settings = Settings(
        home=tmp_path,
        model="openai:a",
        fallback_models=["anthropic:b"],
        ingest=IngestSettings(),
    )
    assert list(would_contact(settings)) == [
        "chat model openai:a at http://models.test/v1",
        "chat model anthropic:b at its provider",
        "LangSmith at http://traces.test",
    ]


def test_evaluation_data_is_looked_for(indexed: Command, tmp_path: Path) -> None:
    assert mark(indexed("doctor", PINCITE_EVAL_DATA=str(tmp_path)), "evaluation data") == "ok"
    gone = indexed("doctor", PINCITE_EVAL_DATA=str(tmp_path / "gone"))
    assert (gone.code, mark(gone, "evaluation data")) == (0, "missing")


def test_a_local_model_is_looked_for_and_contacts_nobody(
    indexed: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF and no more")
    gone = indexed("doctor", PINCITE_MODEL=f"local:{tmp_path}/gone.gguf")
    assert (gone.code, mark(gone, "chat model")) == (1, "broken")
    (tmp_path / "site" / "xllamacpp").mkdir(parents=True)
    (tmp_path / "site" / "xllamacpp" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    ready = indexed("doctor", PINCITE_MODEL=f"local:{file}")
    assert (ready.code, mark(ready, "chat model")) == (0, "ok")
    assert f"local:{file}: {file} on llama.cpp (not started)" in ready.out
    assert ready.out.endswith("nothing and nobody\n")


def test_a_server_of_ones_own_needs_no_key(indexed: Command) -> None:
    done = indexed(
        "doctor", PINCITE_MODEL="openai:llama3.2", PINCITE_MODEL_BASE_URL="http://127.0.0.1:11434/v1"
    )
    assert (done.code, mark(done, "chat model")) == (0, "ok")
    assert done.out.endswith("chat model openai:llama3.2 at http://127.0.0.1:11434/v1\n")


def test_no_login_of_a_server_is_printed(indexed: Command) -> None:
    done = indexed(
        "doctor",
        PINCITE_MODEL="openai:llama3.2",
        PINCITE_MODEL_BASE_URL="http://ann:Kp7-zz9@127.0.0.1:11434/v1",
    )
    assert "Kp7-zz9" not in done.out + done.err
    assert done.out.endswith("chat model openai:llama3.2 at http://127.0.0.1:11434/v1\n")


def test_each_tool_is_told_with_its_policy_and_each_server_with_its_place(
    indexed: Command, tmp_path: Path
) -> None:
    told = marks(indexed("doctor", PINCITE_ANSWER__TOOLS="compute,ask_person"))
    assert told["tool compute"] == (
        "ok",
        "Pincite; reckons; called freely; given up to groups; 5 s, 0 retries",
    )
    assert told["tool ask_person"][1] == (
        "Pincite; writes; a person is asked; given up to groups; 30 s, 0 retries"
    )
    assert told["tool search_documents"][0] == "off"
    servers = tmp_path / "mcp.json"
    servers.write_text(
        '{"mcpServers": {"hub": {"url": "https://hub.example/mcp?key=sk-secret", "tools": {"look": {}},'
        ' "headers": {"authorization": "Bearer ${HUB_TOKEN}"}}}}'
    )
    done = indexed("doctor", PINCITE_MCP__SERVERS=str(servers), HUB_TOKEN="sk-secret")
    found = marks(done)["tool hub_look"]
    assert found[0] == "missing"
    assert "not pinned, so it is not offered" in found[1]
    assert "MCP server hub at https://hub.example, when a model calls its tools" in done.out
    assert "sk-secret" not in done.out + done.err
    unset = marks(indexed("doctor", PINCITE_MCP__SERVERS=str(servers)))["MCP servers"]
    assert unset == ("broken", "the MCP server hub needs the variable HUB_TOKEN, which is not set")


def test_each_guard_is_listed_with_side_action_policy_and_limit(indexed: Command) -> None:
    settings = {"SECRETS": "block", "OPEN_GUARDS": "secrets", "GUARD_MS": "500"}
    found = marks(indexed("doctor", **{f"PINCITE_SAFETY__{name}": value for name, value in settings.items()}))
    assert found["guard secrets"][1].startswith("answer; block; open: ")
    assert found["guard injection"][1].startswith("question; log; closed: ")
    assert found["guard canary"][1].startswith("draft; block; closed: ")
    assert found["guard secrets"][1].endswith("within 500 ms")


def test_the_service_is_told_with_its_callers_and_bounds(filled: Command) -> None:
    filled("keys", "create", "ops", "--user", "anna")
    bounds = {"PINCITE_BUDGETS__USER_DAY_USD": "2", "PINCITE_LIMITS__USER_PER_MINUTE": "30"}
    done = filled("doctor", PINCITE_AUTH__REQUIRED="true", PINCITE_API__HOST=EVERYWHERE, **bounds)
    found = marks(done)
    assert done.code == 0
    assert found["serve"] == ("ok", "at http://0.0.0.0:8000, which others can reach")
    assert found["serve callers"] == ("ok", "only with a key or token: 1 valid key")
    assert found["serve budgets"] == ("ok", "user_day_usd 2")
    assert found["serve limits"] == ("ok", "user_per_minute 30")


def test_a_server_that_would_not_start_is_broken(filled: Command) -> None:
    done = filled("doctor", PINCITE_API__HOST=EVERYWHERE)
    assert done.code == 1
    assert mark(done, "serve") == "broken"
    assert "PINCITE_AUTH__REQUIRED=true" in marks(done)["serve"][1]
