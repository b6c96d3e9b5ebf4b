"""The graph under `langgraph dev`, as Studio and the SDK see it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from app.answers.store import AnswerStore
from graphs.contracts import Answer
from tests.support.langgraph_server import langgraph_dev

VOLTS = "How many volts does the Heron gateway need?"
SALARY = "What does an engineer of band E4 earn?"


class User:
    """As a server's login makes it."""

    def __init__(self, identity: str, **more: Any) -> None:
        self.identity = identity
        self.__dict__.update(more)


@pytest.fixture
def studio(indexed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("PINCITE_HOME", str(indexed_home))
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("app.studio", None)
    studio = importlib.import_module("app.studio")
    yield studio
    studio._pincite.close()
    sys.modules.pop("app.studio")


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["groups", "permissions"])
async def test_groups_come_from_the_servers_login_never_from_the_caller(studio: ModuleType, key: str) -> None:
    context = {"groups": ["hr"], "user": "the boss"}

    async def ask(configurable: dict[str, Any]) -> Answer:
        config = {"configurable": configurable}
        result = await studio.graph.ainvoke({"question": SALARY}, config, context=context)
        return Answer.model_validate(result["answer"])

    for configurable in ({}, {"groups": ["hr"]}, {"langgraph_auth_user": User("ann", **{key: ["sales"]})}):
        answer = await ask(configurable)
        assert "71,000" not in answer.model_dump_json()
        assert answer.receipt["user"] != "the boss"
    allowed = await ask({"langgraph_auth_user": User("ann", **{key: ["sales", "hr"]})})
    assert "71,000" in allowed.text
    assert (allowed.receipt["user"], allowed.receipt["groups"]) == ("ann", ["sales", "hr"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "given", [{"identity": "ann", "groups": ["hr"]}, "ann", ["ann"], {"user": {"identity": "ann"}}]
)
async def test_a_user_that_json_can_make_is_refused(
    studio: ModuleType, caplog: pytest.LogCaptureFixture, given: Any
) -> None:
    result = await studio.graph.ainvoke({"question": SALARY}, {"langgraph_auth_user": given})
    answer = Answer.model_validate(result["answer"])
    assert answer.status == "refused"
    assert answer.problem is not None
    assert answer.problem.code == "identity-refused"
    assert answer.receipt["groups"] == []
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "ann" not in told


@pytest.mark.anyio
@pytest.mark.parametrize("groups", ["hr", {"hr": True}, [["hr"]], 7])
async def test_groups_that_are_no_list_of_names_let_nobody_in(studio: ModuleType, groups: Any) -> None:
    config = {"configurable": {"langgraph_auth_user": User("ann", groups=groups)}}
    result = await studio.graph.ainvoke({"question": SALARY}, config)
    assert result["answer"]["status"] == "refused"
    assert "71,000" not in str(result)


def test_the_exported_graph_leaves_keeping_threads_to_the_server(studio: ModuleType) -> None:
    assert studio.graph.checkpointer is None


@pytest.fixture(scope="module")
def server(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with langgraph_dev(indexed_home, tmp_path_factory.mktemp("studio")) as url:
        yield url


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[SyncLangGraphClient]:
    client = get_sync_client(url=server)
    yield client
    client.http.client.close()


@pytest.mark.slow
def test_studio_shows_the_designed_nodes_and_a_form_of_what_may_be_set(client: SyncLangGraphClient) -> None:
    (assistant,) = client.assistants.search()
    assert assistant["graph_id"] == "pincite"
    shown = client.assistants.get_graph(assistant["assistant_id"])
    handler = "__default_error_handler__"  # LangGraph's own; every node's failures end there
    assert {str(node["id"]) for node in shown["nodes"]} - {handler} == {
        "__start__",
        "guard",
        "contextualize",
        "retrieve",
        "rerank",
        "widen",
        "generate",
        "cite",
        "release",
        "refuse",
        "abstain",
        "__end__",
    }
    schemas = client.assistants.get_schemas(assistant["assistant_id"])
    fields = (schemas["context_schema"] or {})["properties"]
    assert fields
    assert all(field.get("description") for field in fields.values())
    assert set((schemas["input_schema"] or {})["properties"]) == {"question", "messages", "filters"}


@pytest.mark.slow
def test_a_run_streams_to_its_answer_with_no_key_and_is_kept(
    client: SyncLangGraphClient, indexed_home: Path
) -> None:
    events: list[dict[str, Any]] = []
    nodes: list[str] = []
    for part in client.runs.stream(
        None, "pincite", input={"question": VOLTS}, stream_mode=["custom", "updates"]
    ):
        if part.event == "custom":
            events.append(dict(part.data))
        elif part.event == "updates":
            nodes += list(part.data)
    assert nodes[0] == "guard"
    assert nodes[-1] == "release"
    kinds = [event["type"] for event in events]
    assert kinds.index("sentence") < kinds.index("answer")
    answer = Answer.model_validate(events[-1]["answer"])
    assert "12 volts" in answer.text
    store = AnswerStore(indexed_home / "default" / "answers.sqlite", 90, lambda: datetime.now(UTC))
    assert Answer.model_validate(store.get(answer.id)) == answer


@pytest.mark.slow
def test_a_thread_of_the_server_holds_two_turns_and_nobody_chooses_their_groups(
    client: SyncLangGraphClient,
) -> None:
    thread = client.threads.create()["thread_id"]
    first: Any = client.runs.wait(thread, "pincite", input={"question": VOLTS})
    claimed: dict[str, Any] = {"groups": ["hr"], "user": "the boss"}
    second: Any = client.runs.wait(thread, "pincite", input={"question": SALARY}, context=claimed)
    assert "12 volts" in first["answer"]["text"]
    assert "71,000" not in str(second)
    assert second["answer"]["receipt"]["user"] == "anonymous"
    assert len(second["messages"]) == 4


@pytest.mark.slow
def test_our_own_routes_are_served_beside_it(server: str) -> None:
    health = httpx.get(f"{server}/healthz", timeout=30).json()
    assert health["status"] == "ok"
    assert health["passages"] > 0
    answer = httpx.post(f"{server}/v1/answers", json={"question": VOLTS}, timeout=30).json()
    assert "12 volts" in answer["text"]
