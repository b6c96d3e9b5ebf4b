"""One question that takes three tools, one of which waits for a person.

The same in Studio's graph, over the SDK, over our HTTP API and at a terminal.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client

from app.settings import Settings
from app.terminal.tools import run_tools_pin
from app.testing.openai_server import Reply, ScriptedModel, give_answer, serve_model
from app.toolbox.question_queue import questions_of
from tests.app.api.test_application import events_of
from tests.app.test_approvals import at_a_terminal, variables
from tests.app.toolbox.mcp.test_calls import READS
from tests.support import mcp_server
from tests.support.langgraph_server import langgraph_dev
from tests.support.mcp_server import STOCK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

QUESTION = "What do the plans Team and Business cost together in 12 months, and who approves it?"
TOOLS = ["query_table", "compute", "ask_person"]
SAID = "In total, the product is 2976 EUR."
ASKED = "Who approves 2976 EUR a year for the plans Team and Business?"
WAREHOUSE = "How many days of paid holiday are there at the warehouse?"
SUM = "select sum(price) as a_lie from t where plan in ('Team', 'Business')"
PASSAGES = re.compile(r"^\[(\d+)\] (.*)\n<passage \w+>", re.MULTILINE)


def script(request: dict[str, Any]) -> Reply:
    """Sums up the prices, reckons them for a year, hands the question on, answers from the calculation."""
    prompt = "\n".join(str(message["content"]) for message in request["messages"])
    titles = {title: int(number) for number, title in PASSAGES.findall(prompt)}
    done = len(re.findall(r"^- \w+ \{", prompt, re.MULTILINE))
    if WAREHOUSE in prompt:
        told = titles.get("Result of stock (hub)")
        return (
            give_answer((STOCK, [told], []))
            if told
            else Reply(tool="hub_stock", arguments={"place": "Ghent"})
        )
    if done == 0:
        return Reply(tool="query_table", arguments={"document": "prices.csv", "sql": SUM})
    if done == 1:
        given = {"name": "a", "value": "248 EUR", "passage": titles["Query of a table"]}
        return Reply(tool="compute", arguments={"formula": "a * 12", "inputs": [given]})
    if done == 2:
        return Reply(tool="ask_person", arguments={"question": ASKED})
    return give_answer((SAID, [titles["Calculation"]], []))


@pytest.fixture(scope="module")
def home(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("three") / "home"
    return Path(shutil.copytree(indexed_home, copy, ignore=shutil.ignore_patterns("answers.sqlite*")))


@pytest.fixture(scope="module")
def environment() -> Iterator[Mapping[str, str]]:
    with serve_model(script) as server:
        yield environment_of(server)


def environment_of(server: ScriptedModel) -> dict[str, str]:
    return {**variables(server), "PINCITE_ANSWER__TOOLS": ",".join(["search_documents", *TOOLS])}


@pytest.fixture(scope="module")
def server(
    home: Path, environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """`langgraph dev`, which serves the graph to Studio and the SDK, and our routes; with an MCP server."""
    folder = tmp_path_factory.mktemp("server")
    started = {"command": sys.executable, "args": [mcp_server.__file__, str(folder)], "connect_timeout_s": 60}
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"hub": {**started, "tools": {"stock": READS}}}}))
    assert run_tools_pin(Settings.model_validate({"home": home, "mcp": {"servers": path}}), [], True) == 0
    with langgraph_dev(home, folder, variables={**environment, "PINCITE_MCP__SERVERS": str(path)}) as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_queued(home: Path) -> None:
    queue = questions_of(home / "default")
    for one in queue.list():
        queue.close(one.number)


def check(answer: Mapping[str, Any], home: Path, *, approved: bool = True) -> None:
    """The answer rests on the calculation, the sum that went into it, and the two cells of the table."""
    assert answer["status"] == "answered"
    assert [(one["text"], one["verdict"]) for one in answer["claims"]] == [(SAID, "verified")]
    quotes = [one["quote"] for one in answer["citations"]]
    assert quotes[0].startswith("In total, the product is 2976 EUR: 248 EUR * 12 = 2976 EUR.")
    assert {"In total, together, the sum of price: 248 EUR", "49 EUR", "199 EUR"} <= set(quotes)
    tools = answer["receipt"]["tools"]
    assert [one["tool"] for one in tools] == TOOLS
    assert [one["decision"] for one in tools] == ["allow", "allow", "ask" if approved else "deny"]
    assert not any("lie" in quote for quote in quotes)
    assert [one.question for one in questions_of(home / "default").list()] == ([ASKED] if approved else [])


def test_studio_is_shown_each_tool_as_a_node_with_what_it_declares(server: str) -> None:
    (assistant,) = httpx.post(f"{server}/assistants/search", json={"graph_id": "pincite"}, timeout=30).json()
    graph = httpx.get(f"{server}/assistants/{assistant['assistant_id']}/graph", timeout=30).json()
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert {*TOOLS, "hub_stock"} <= nodes.keys()
    declared = {name: nodes[name]["metadata"]["pincite"] for name in TOOLS}
    assert [declared[name]["writes"] for name in TOOLS] == [False, False, True]
    assert [declared[name]["timeout_s"] for name in TOOLS] == [20, 5, 30]
    edges = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert {("generate", name) for name in TOOLS} | {(name, "generate") for name in TOOLS} <= edges


def test_over_the_sdk_it_stops_for_a_person_and_goes_on(server: str, home: Path) -> None:
    with get_sync_client(url=server) as client:
        thread = client.threads.create()["thread_id"]
        stopped: Any = client.runs.wait(thread, "pincite", input={"question": QUESTION})
        (waiting,) = stopped["__interrupt__"]
        (call,) = waiting["value"]["action_requests"]
        assert (call["name"], call["args"]) == ("ask_person", {"question": ASKED})
        resume = {"decisions": [{"type": "approve"}]}
        ended: Any = client.runs.wait(thread, "pincite", command={"resume": resume})
    check(ended["answer"], home)


def test_a_tool_of_an_mcp_server_is_called_there_too(server: str) -> None:
    with get_sync_client(url=server) as client:
        ended: Any = client.runs.wait(None, "pincite", input={"question": WAREHOUSE})
    assert [one["quote"] for one in ended["answer"]["citations"]] == [STOCK]


def test_over_our_http_api_it_stops_for_a_person_and_goes_on(server: str, home: Path) -> None:
    with httpx.Client(base_url=server, timeout=60) as client:
        asked = client.post("/v1/answers", json={"question": QUESTION})
        assert asked.status_code == 202
        waiting = asked.json()
        assert [(one["tool"], one["arguments"]) for one in waiting["calls"]] == [
            ("ask_person", {"question": ASKED})
        ]
        decided = {"token": waiting["token"], "decisions": [{"type": "approve"}]}
        ended = client.post(f"/v1/answers/{waiting['id']}/approvals", json=decided)
        assert ended.status_code == 200
        check(ended.json(), home)
        assert client.post(f"/v1/answers/{waiting['id']}/approvals", json=decided).status_code == 404


def test_as_events_too_and_a_rejection_leaves_the_rest_of_the_answer(server: str, home: Path) -> None:
    with httpx.Client(base_url=server, timeout=60) as client:
        events = events_of(client.post("/v1/answers", json={"question": QUESTION, "stream": True}).text)
        steps = [data["node"] for kind, data in events if kind == "step"]
        assert [step for step in steps if step in TOOLS] == ["query_table", "compute"]
        kind, waiting = events[-1]
        assert kind == "approval"
        decided = {"token": waiting["token"], "decisions": [{"type": "reject"}], "stream": True}
        told = events_of(client.post(f"/v1/answers/{waiting['id']}/approvals", json=decided).text)
    assert told[-1][0] == "answer"
    check(told[-1][1]["answer"], home, approved=False)


def test_at_a_terminal_a_person_is_asked(environment: Mapping[str, str], home: Path) -> None:
    seen = " ".join(at_a_terminal(home, environment, "y", question=QUESTION).split())
    assert f"question: {ASKED}" in seen
    assert "Run ask_person? [y]es, [e]dit, [N]o:" in seen
    assert SAID.removesuffix(".") in seen
    assert [one.question for one in questions_of(home / "default").list()] == [ASKED]
