"""The MCP server as MCP's own client uses it: over HTTP and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from app.api.application import OURS, create_app
from app.api.service import make_service
from app.api.wire.langgraph.routes import LANGGRAPH_PATHS
from app.api.wire.mcp import server
from app.compose import Pincite
from app.terminal.mcp_cli import mcp_command
from tests.support.door import USER, Door, door_of
from tests.support.told import Told

pytestmark = pytest.mark.anyio

VOLTS = "How many volts does the Heron gateway need?"
SALARY = "What does an engineer of band E4 earn?"


@pytest.fixture(scope="module")
def door(pincite: Pincite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door_of(pincite, tmp_path_factory.mktemp("keys")) as door:
        yield door


@pytest.fixture(scope="module")
def hr(pincite: Pincite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door_of(pincite, tmp_path_factory.mktemp("keys"), groups=("hr",)) as door:
        yield door


@asynccontextmanager
async def over_http(door: Door) -> AsyncIterator[ClientSession]:
    async with (
        httpx.AsyncClient(headers=door.headers, timeout=60) as http,
        streamable_http_client(f"{door.url}/mcp", http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


@asynccontextmanager
async def over_stdio(home: Path, *options: str) -> AsyncIterator[ClientSession]:
    command = str(Path(sys.executable).with_name("pincite"))
    started = StdioServerParameters(command=command, args=["mcp", *options], env={"PINCITE_HOME": str(home)})
    async with stdio_client(started) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


def words(result: CallToolResult) -> str:
    """What it said in words, and as data."""
    assert result.structuredContent is not None
    (content,) = result.content
    return content.text + json.dumps(result.structuredContent)  # type: ignore[union-attr]


async def test_the_tools_are_listed_with_what_they_take_and_give(door: Door) -> None:
    async with over_http(door) as session:
        found = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert list(found) == ["search", "read", "ask", "check"]
    assert found["search"].inputSchema["required"] == ["query"]
    for tool in found.values():
        assert tool.outputSchema is not None
        assert tool.annotations is not None
        assert tool.annotations.destructiveHint is False
    # Who asks is the login's to say, and nothing that a client says.
    taken = {key for tool in found.values() for key in tool.inputSchema["properties"]}
    assert not {"groups", "user", "tenant"} & taken


async def test_what_is_searched_is_read_on_and_stands_where_it_says(door: Door, pincite: Pincite) -> None:
    async with over_http(door) as session:
        found = await session.call_tool("search", {"query": "gateway supply volts", "limit": 2})
        assert not found.isError
        assert found.structuredContent is not None
        first, *_ = found.structuredContent["passages"]
        assert "12 volts" in first["text"]
        stored = pincite.registry.text(first["doc_id"], first["version"])
        assert stored is not None
        assert stored[first["start"] : first["end"]] == first["text"]
        around = {"document": first["doc_id"], "version": first["version"], "start": first["start"]}
        for given in (around, {"document": "Heron gateway manual"}):
            assert "14 days" in words(await session.call_tool("read", given))
        section = await session.call_tool("read", {"document": "returns.md", "section": "returns"})
        no_section = await session.call_tool("read", {"document": first["doc_id"], "section": "weight"})
        changed = await session.call_tool("read", {**around, "version": "0" * 64})
    assert "30 days of delivery" in words(section)
    assert no_section.isError
    assert changed.isError


async def test_an_answer_has_citations_and_text_and_is_the_callers(door: Door, pincite: Pincite) -> None:
    async with over_http(door) as session:
        found = await session.call_tool("ask", {"question": VOLTS})
        unknown = await session.call_tool("ask", {"question": "Who won the chess title of 1972?"})
    answer = found.structuredContent
    assert answer is not None
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] in answer["text"]
    assert "Sources:" in words(found)
    kept = pincite.corpus.answers.get(answer["id"], USER)
    assert kept["question"] == VOLTS
    assert unknown.structuredContent is not None
    assert (unknown.isError, unknown.structuredContent["status"]) == (False, "abstained")


async def test_a_text_is_checked_against_what_is_given(door: Door) -> None:
    given = {
        "text": "The gateway needs 12 volts. It weighs 40 kilograms.",
        "sources": [{"text": "The gateway needs 12 volts and a dry place."}],
    }
    async with over_http(door) as session:
        found = await session.call_tool("check", given)
    assert found.structuredContent is not None
    assert [one["verdict"] for one in found.structuredContent["sentences"]] == ["verified", "unsupported"]


@pytest.mark.parametrize("tool", ["search", "read", "ask"])
async def test_labels_say_who_may_know_a_result(door: Door, hr: Door, tool: str) -> None:
    asked: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "search": ({"query": VOLTS, "limit": 1}, {"query": SALARY, "limit": 1}),
        "read": ({"document": "gateway.md"}, {"document": "salaries.md"}),
        "ask": ({"question": VOLTS}, {"question": SALARY}),
    }
    ours, theirs = asked[tool]
    async with over_http(hr) as session:
        everybodys = await session.call_tool(tool, ours)
        closed = await session.call_tool(tool, theirs)
    assert everybodys.meta == {"ifc": {"integrity": "untrusted", "confidentiality": ["tenant:default"]}}
    assert closed.meta == {"ifc": {"integrity": "untrusted", "confidentiality": ["hr"]}}
    assert "71,000" in words(closed)
    async with over_http(door) as session:
        not_theirs = await session.call_tool(tool, theirs)
    assert "71,000" not in not_theirs.model_dump_json()


@pytest.mark.parametrize(
    ("tool", "given", "why"),
    [
        ("search", {}, "query: Field required"),
        ("search", {"query": "x", "groups": ["hr"]}, "groups: Extra inputs are not permitted"),
        ("search", {"query": "x", "limit": 1000}, "limit: Input should be less than or equal to 20"),
        ("ask", {"question": "x", "user": "boss"}, "user: Extra inputs are not permitted"),
        ("read", {"document": "no such thing"}, "no document that may be read is called so"),
        ("read", {"document": "salaries.md"}, "no document that may be read is called so"),
        ("erase", {}, "there is no tool of that name; there are search, read, ask, check"),
    ],
)
async def test_what_cannot_be_done_is_one_line(
    door: Door, tool: str, given: dict[str, Any], why: str
) -> None:
    async with over_http(door) as session:
        result = await session.call_tool(tool, given)
    assert result.isError
    assert [content.text for content in result.content] == [why]  # type: ignore[union-attr]


async def test_without_a_key_there_is_no_server(door: Door) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=door.url) as client:
        assert (await client.post("/mcp", json=body, headers=headers)).status_code == 401
        known = {**headers, **door.headers}
        assert (await client.post("/mcp", json=body, headers=known)).status_code == 200
        elsewhere = {**known, "origin": "http://other.example"}
        there = await client.post("/mcp", json=body, headers=elsewhere)
        assert there.status_code == 403
        assert (await client.get("/mcp", headers=known)).status_code == 405


async def test_over_stdio_the_options_say_who_asks(home: Path) -> None:
    async with over_stdio(home) as session:
        assert "12 volts" in words(await session.call_tool("ask", {"question": VOLTS}))
        assert "71,000" not in (await session.call_tool("search", {"query": SALARY})).model_dump_json()
    async with over_stdio(home, "--group", "hr") as session:
        assert "71,000" in words(await session.call_tool("search", {"query": SALARY}))


async def test_hanging_up_ends_the_answer_that_is_made(tmp_path: Path) -> None:
    told = Told({}, hangs=True)
    call = {"name": "ask", "arguments": {"question": VOLTS}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    with door_of(told, tmp_path) as door:
        headers = {"accept": "application/json, text/event-stream", **door.headers}
        async with httpx.AsyncClient(headers=headers, timeout=0.5) as client:
            with suppress(httpx.ReadTimeout):
                await client.post(f"{door.url}/mcp", json=body)
        for _ in range(200):
            if told.cancelled.is_set():
                break
            await asyncio.sleep(0.02)
        assert told.cancelled.is_set()


def test_over_stdio_nothing_but_the_protocol_is_written(home: Path) -> None:
    opening = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    command = [str(Path(sys.executable).with_name("pincite")), "mcp"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PINCITE_HOME": str(home)},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for message in sent:
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(2)]
    rest, _ = process.communicate(timeout=60)
    assert [one["id"] for one in answers] == [1, 2]
    assert (rest, process.returncode) == ("", 0)


def test_a_langgraph_server_keeps_its_own_mcp_and_api(pincite: Pincite) -> None:
    def paths(ours: tuple[str, ...] = ("/",)) -> set[str]:
        app = create_app(make_service(pincite.settings, lambda _: pincite), ours)
        return set(app.openapi()["paths"])

    of_the_servers = paths() - paths(OURS)
    assert "/mcp" in of_the_servers
    assert "/threads/search" in of_the_servers
    assert all(path.startswith(("/mcp", *LANGGRAPH_PATHS)) for path in of_the_servers)


def test_without_the_extra_there_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, pincite: Pincite, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "find_spec", lambda _name: None)
    with door_of(pincite, tmp_path) as door:
        response = httpx.post(f"{door.url}/mcp", json={}, headers=door.headers)
    assert (response.status_code, response.json()["code"]) == (501, "mcp-extra")
    assert response.json()["detail"] == "MCP needs the extra: pip install 'pincite[mcp]'"
    with pytest.raises(server.McpExtraError):
        mcp_command()
