"""LangSmith traces: off without a key, redacted, and never in the way."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from langsmith.utils import get_env_var, get_tracer_project

from app.compose import open_pincite
from app.observability.settings import ObservabilitySettings
from app.observability.tracing import flush, tracing_callbacks, tracing_is_on
from app.settings import Settings
from graphs.state import AskContext
from tests.support.cli import Command
from tests.support.dead_ends import black_hole, dead_port
from tests.support.langsmith_server import LangSmithServer, serve_langsmith

SECRET = "sk-proj-" + "Ab3" * 16 + "T3BlbkFJ" + "x9Z" * 16
QUESTION = f"How many volts does the gateway need? Tell anna.berg+x@firma-test.de, key {SECRET}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmithServer]:
    with serve_langsmith() as server:
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_test")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
        forget_environment()
        yield server
    forget_environment()


def forget_environment() -> None:
    """LangSmith remembers the variables it has read."""
    get_env_var.cache_clear()  # type: ignore[attr-defined]  # its overloads hide the cache around it
    get_tracer_project.cache_clear()


def test_a_run_is_traced_under_its_name_and_tag_without_secrets_or_addresses(
    server: LangSmithServer, indexed_home: Path
) -> None:
    with open_pincite(Settings(home=indexed_home)) as pincite:
        answer = pincite.ask(QUESTION)
    assert answer.status in ("answered", "abstained")
    assert "GET /info" in server.requests
    assert "POST /runs/multipart" in server.requests
    payload = server.payload
    assert '"pincite.ask"' in payload
    assert '"tags":["pincite"]' in payload.replace(", ", ",").replace('": ', '":')
    assert '"name":"retrieve"' in payload.replace('": ', '":'), "the steps are traced too"
    assert "How many volts" in payload
    assert "firma-test" not in payload
    assert "anna.berg" not in payload
    assert SECRET not in payload
    assert SECRET[8:40] not in payload


def test_neither_a_secrets_part_nor_who_asks_is_in_a_trace(
    server: LangSmithServer, indexed_home: Path
) -> None:
    """The name that no document has is a part of the password, and stands in the state as ``absent``."""
    asked = "How many volts does the gateway need? My password: Tr0ub4dor&3"
    who = AskContext(user="bob-of-sales", groups=["sales-of-bob"])
    with open_pincite(Settings(home=indexed_home)) as pincite:
        answer = pincite.ask(asked, context=who)
    assert "Tr0ub4dor" in answer.text
    payload = server.payload
    assert '"owner"' in payload
    for word in ("Tr0ub4dor", "bob-of-sales", "sales-of-bob"):
        assert word not in payload, payload[max(0, payload.index(word) - 300) : payload.index(word) + 100]


@pytest.mark.anyio
@pytest.mark.parametrize("own_tracing", ["", "true"])
async def test_a_host_that_runs_the_graph_itself_is_traced_once_and_redacted(
    server: LangSmithServer, indexed_home: Path, monkeypatch: pytest.MonkeyPatch, own_tracing: str
) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", own_tracing)
    forget_environment()
    with open_pincite(Settings(home=indexed_home)) as pincite:
        await pincite.graph.ainvoke({"question": QUESTION})
    assert "How many volts" in server.payload
    assert "anna.berg" not in server.payload
    assert SECRET not in server.payload
    sent = re.findall(r'name="post\.([0-9a-f-]{36})"', server.payload)
    assert len(sent) == len(set(sent)) > 5


def test_nothing_is_sent_without_a_key(
    indexed_home: Path, monkeypatch: pytest.MonkeyPatch, server: LangSmithServer
) -> None:
    monkeypatch.delenv("LANGSMITH_API_KEY")
    forget_environment()
    assert tracing_callbacks() == []
    with open_pincite(Settings(home=indexed_home)) as pincite:
        pincite.ask("How many volts does the gateway need?")
    assert server.requests == []


@pytest.mark.parametrize("value", ["false", "0", "no", "off", "FALSE"])
def test_tracing_is_switched_off_by_name_though_there_is_a_key(value: str) -> None:
    assert not tracing_is_on({"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": value})
    assert not tracing_is_on({"LANGSMITH_API_KEY": "", "LANGSMITH_TRACING": "true"})
    assert tracing_is_on({"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": "true"})


@pytest.mark.parametrize("trouble", ["down", "hanging"])
def test_an_endpoint_in_trouble_delays_neither_answer_nor_exit(
    server: LangSmithServer, indexed_home: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "down":
        monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:9")
        forget_environment()
    server.hang = trouble == "hanging"
    quick = ObservabilitySettings(exit_s=0.3)
    with open_pincite(Settings(home=indexed_home, observability=quick)) as pincite:
        pincite.ask("warm up")
        begun = time.monotonic()
        assert pincite.ask("How many volts does the gateway need?").status == "answered"
        asked = time.monotonic() - begun
        begun = time.monotonic()
        pincite.close()
        closed = time.monotonic() - begun
    assert asked < 5.0
    assert closed < 0.3 + 2.0


@contextmanager
def endpoint(trouble: str) -> Iterator[str]:
    if trouble == "slow":
        with serve_langsmith() as slow:
            slow.hang = True
            yield slow.url
    else:
        with dead_port() if trouble == "dead" else black_hole() as url:
            yield url


@pytest.mark.parametrize("trouble", ["dead", "black hole", "slow"])
def test_a_command_says_in_one_line_of_ours_that_traces_were_lost(trouble: str, filled: Command) -> None:
    with endpoint(trouble) as url:
        done = filled(
            "ask",
            "How many volts does the Heron gateway need?",
            LANGSMITH_API_KEY="lsv2_pt_test",
            LANGSMITH_ENDPOINT=url,
            PINCITE_OBSERVABILITY__EXIT_S="0.5",
        )
    assert done.code == 0
    assert "12 volts" in done.out
    said = done.err.splitlines()
    assert len(said) == 1, said
    assert said[0].startswith("traces could not be sent to LangSmith (")


def test_what_was_sent_is_no_trouble(server: LangSmithServer, filled: Command) -> None:
    asked = {"LANGSMITH_API_KEY": "lsv2_pt_test", "LANGSMITH_ENDPOINT": server.url}
    done = filled("ask", "How many volts does the Heron gateway need?", **asked)
    assert (done.code, done.err) == (0, "")
    assert '"pincite.ask"' in server.payload


@pytest.mark.parametrize(("share", "traced"), [(0.0, False), (1.0, True)])
def test_a_share_of_the_runs_is_traced(
    server: LangSmithServer, indexed_home: Path, share: float, traced: bool
) -> None:
    settings = Settings(home=indexed_home, observability=ObservabilitySettings(langsmith_share=share))
    with open_pincite(settings) as pincite:
        pincite.ask("How many volts does the Heron gateway need?")
    assert ("pincite.ask" in server.payload) is traced


def test_nobody_is_waited_for_once_sending_has_failed(
    caplog: pytest.LogCaptureFixture, server: LangSmithServer
) -> None:
    with dead_port() as url:
        (handler,) = tracing_callbacks()
        client = handler.client  # type: ignore[attr-defined]
        client.api_url = url
        client._tracing_error_callback(ConnectionError("refused"))
        server.hang = True
        flush([handler], seconds=600)
    assert "traces could not be sent to LangSmith (ConnectionError)" in caplog.text
