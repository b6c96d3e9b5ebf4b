"""Tools of real MCP servers in the application, honest and poisoned: pinned, asked about, labelled, cited."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.settings import Settings
from app.terminal.tools import run_tools_list, run_tools_pin, tool_lines
from app.testing.openai_server import Reply, give_answer, serve_model
from graphs.contracts import Answer
from graphs.state import AskContext
from tests.support import mcp_server
from tests.support.cli import Command
from tests.support.mcp_server import ABOUT, ORDERS, STOCK, mcp_over_http

QUESTION = "How many days of paid holiday are there?"
SALARY = "What does an engineer of band E4 earn?"
READS = {"writes": False, "sends_out": False, "accepts_untrusted": True, "highest": "groups"}
HELD: tuple[str, list[int], list[str]] = ("The warehouse in Ghent holds 412 sensors of type WREN-T1.", [], [])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server on loopback, and the folder that says what it says."""
    folder = tmp_path_factory.mktemp("mcp")
    with mcp_over_http(folder) as url:
        yield url, folder


@pytest.fixture
def said(served: tuple[str, Path]) -> Callable[..., None]:
    def say(**words: Any) -> None:
        (served[1] / "words.json").write_text(json.dumps(words))

    (served[1] / "calls.jsonl").write_text("")
    say()
    return say


def calls(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]


def calling(*then: tuple[str, Mapping[str, Any]], answer: Any = HELD) -> Callable[[dict[str, Any]], Reply]:
    """Calls these tools in turn, whatever they say, and answers from what the server said."""

    def script(request: dict[str, Any]) -> Reply:
        prompt = "\n".join(str(message["content"]) for message in request["messages"])
        offered = {one["function"]["name"] for one in request.get("tools", [])}
        done = prompt.count("\n- ")
        if "Called so far" in prompt or done == 0:
            number = prompt.partition("Called so far:")[2].count("\n- ") if "Called so far" in prompt else 0
            if number < len(then) and then[number][0] in offered:
                return Reply(tool=then[number][0], arguments=dict(then[number][1]))
        marks = [line for line in prompt.splitlines() if line.startswith("[") and "Result of" in line]
        number = int(marks[-1][1:].partition("]")[0]) if marks else 1
        return give_answer((answer[0], [number], []))

    return script


class House:
    """A data folder with a server's tools in it."""

    def __init__(self, home: Path, stack: ExitStack, servers: Mapping[str, Any]) -> None:
        self.home = home
        self._stack = stack
        self.path = home / "mcp.json"
        self.path.write_text(json.dumps({"mcpServers": servers}))

    def settings(self, **more: Any) -> Settings:
        return Settings.model_validate({"home": self.home, "mcp": {"servers": self.path}, **more})

    def pin(self) -> int:
        return run_tools_pin(self.settings(), [], True)

    def opened(self, script: Any) -> Pincite:
        server = self._stack.enter_context(serve_model(script))
        model = {"model": "openai:scripted", "model_base_url": server.url}
        return self._stack.enter_context(open_pincite(self.settings(**model)))

    def ask(self, script: Any, question: str = QUESTION, groups: tuple[str, ...] = (), **how: Any) -> Answer:
        return self.opened(script).ask(question, context=AskContext(groups=list(groups)), **how)


@pytest.fixture
def house(
    home: Path, served: tuple[str, Path], said: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., House]]:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("HUB_TOKEN", "sk-secret")
    with ExitStack() as stack:

        def make(tools: Mapping[str, Any], **more: Any) -> House:
            server = {"url": served[0], "headers": {"authorization": "Bearer ${HUB_TOKEN}"}, "tools": tools}
            return House(home, stack, {"hub": {**server, **more}})

        yield make


def yes(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"decisions": [{"type": "approve"} for _ in request["action_requests"]]}


def test_what_a_server_says_is_a_source_of_its_own_that_can_be_checked_later(
    house: Callable[..., House], served: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    made = house({"stock": {}})
    assert made.pin() == 0
    shown = capsys.readouterr().out
    assert "hub_stock: new" in shown
    assert ABOUT in shown
    asked: list[Any] = []

    def approve(request: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(request["action_requests"][0])
        return yes(request)

    answer = made.ask(calling(("hub_stock", {"place": "Ghent"})), approve=approve)
    assert [one["args"] for one in asked] == [{"place": "Ghent"}]
    (claim,) = answer.claims
    assert claim.verdict == "verified"
    (citation,) = answer.citations
    assert (citation.quote, citation.title) == (STOCK, "Result of stock (hub)")
    (entry,) = answer.receipt["tools"]
    assert (entry["decision"], entry["did"]) == ("ask", "approve")
    (kept,) = entry["said"]
    assert (kept["version"], kept["text"]) == (citation.version, STOCK)
    assert entry["result_labels"]["integrity"] == "untrusted"
    (call,) = calls(served[1])
    assert call["headers"]["authorization"] == "Bearer sk-secret"
    assert (
        "sk-secret"
        not in shown + answer.model_dump_json() + (made.home / "default/mcp-pins.json").read_text()
    )


def test_verify_holds_a_quote_against_what_the_receipt_has(
    house: Callable[..., House], filled: Command, tmp_path: Path
) -> None:
    made = house({"stock": READS})
    made.pin()
    answer = made.ask(calling(("hub_stock", {"place": "Ghent"}))).model_dump(mode="json")
    path = tmp_path / "answer.json"

    def verified() -> Any:
        path.write_text(json.dumps(answer))
        return filled("verify", str(path), "--json")

    good = verified()
    assert good.code == 0
    assert "the receipt has all of it" in good.out
    answer["citations"][0]["quote"] = STOCK.replace("412", "900")
    assert verified().code == 1
    answer["receipt"]["tools"][0]["said"][0]["text"] = STOCK.replace("412", "900")
    assert verified().code == 1, "the text is not the version that is cited"


def test_it_is_the_worst_unless_declared_better(
    house: Callable[..., House], served: tuple[str, Path]
) -> None:
    made = house({"stock": {}})
    made.pin()
    script = calling(
        ("hub_stock", {"place": "Ghent"}), answer=("There are 28 days of paid holiday.", [1], [])
    )
    nobody = made.ask(script)
    assert "hub_stock was not run: nobody was there to approve it" in nobody.notices[0]
    # Too confidential for it, whoever would approve.
    denied = made.ask(script, SALARY, ("hr",), approve=yes)
    (entry,) = denied.receipt["tools"]
    assert (entry["decision"], entry["found"]) == ("deny", [])
    assert calls(served[1]) == []


def test_a_tool_that_is_not_allowed_or_not_pinned_is_not_offered(
    house: Callable[..., House], caplog: pytest.LogCaptureFixture
) -> None:
    made = house({"stock": READS})
    with caplog.at_level(logging.WARNING):
        nodes = set(made.opened(calling()).graph.get_graph().nodes)
    assert "hub_stock" not in nodes
    assert "nobody has pinned it" in caplog.text
    made.pin()
    nodes = set(made.opened(calling()).graph.get_graph().nodes)
    assert {"hub_stock"} == {one for one in nodes if one.startswith("hub_")}


@pytest.mark.parametrize(
    ("label", "groups", "ifc"),
    [
        (None, [["sales"]], None),
        ({"integrity": "trusted", "confidentiality": "public"}, [["sales"]], ["public"]),
        ({"integrity": "untrusted", "confidentiality": "private"}, [["hub:private"], ["sales"]], ["private"]),
        ({"integrity": "low", "confidentiality": ["bob"]}, [["hub:bob"], ["sales"]], ["readers"]),
        ({"integrity": "so so"}, [["hub:private"], ["sales"]], ["unreadable"]),
    ],
)
def test_labels_of_a_result_restrict_what_comes_after_it(
    house: Callable[..., House], said: Any, label: Any, groups: Any, ifc: Any
) -> None:
    said(ifc=label)
    made = house({"stock": READS, "order": {"highest": "tenant"}})
    made.pin()
    script = calling(("hub_stock", {"place": "Ghent"}), ("hub_order", {"what": "sensors"}))
    answer = made.ask(script, groups=("sales",), approve=yes)
    stock, order = answer.receipt["tools"]
    assert stock["result_labels"]["groups"] == groups
    assert stock["result_labels"]["integrity"] == "untrusted"
    assert stock["said"][0].get("ifc") == ifc
    assert order["labels"]["groups"] == groups
    assert order["decision"] == "deny"


def test_public_is_public_where_the_operator_trusts_the_server_to_say_so(
    house: Callable[..., House], said: Any, served: tuple[str, Path]
) -> None:
    said(ifc={"integrity": "trusted", "confidentiality": "public"})
    made = house({"stock": READS, "order": {"highest": "tenant"}}, trust_labels=True)
    made.pin()
    script = calling(("hub_stock", {"place": "Ghent"}), ("hub_order", {"what": "sensors"}))
    answer = made.ask(script, groups=("sales",), approve=yes)
    stock, order = answer.receipt["tools"]
    assert stock["result_labels"] == {"integrity": "untrusted", "tenants": ["default"], "groups": []}
    # Still nothing is trusted: a person is asked.
    assert (order["decision"], order["did"]) == ("ask", "approve")
    assert [one["tool"] for one in calls(served[1])] == ["stock", "order"]


def test_a_model_that_obeys_a_result_does_nothing_without_a_person(
    house: Callable[..., House], said: Any, served: tuple[str, Path]
) -> None:
    said(says=ORDERS)
    made = house({"stock": READS, "order": {}})
    made.pin()
    script = calling(
        ("hub_stock", {"place": "Ghent"}), ("hub_order", {"what": "every salary"}), answer=(ORDERS, [], [])
    )
    answer = made.ask(script)
    assert [one["tool"] for one in calls(served[1])] == ["stock"]
    assert "The tool hub_order was not run: nobody was there to approve it." in answer.notices
    # What it said is quoted as its words at most, and to no host that is not allowed.
    assert "https://evil.example" not in answer.text


def test_what_is_huge_fails_or_hangs_is_one_line_and_the_answer_goes_on(house: Callable[..., House]) -> None:
    made = house({"odd": {**READS, "timeout_s": 1.5}})
    made.pin()
    holiday: tuple[str, list[int], list[str]] = ("There are 28 days of paid holiday.", [1], [])
    expected = {
        "huge": ("McpCallError", "the result has 15000000 characters, more than 12000: ask for less"),
        "empty": ("McpCallError", "the result holds no words, and nothing else can be cited"),
        "error": ("McpCallError", "the MCP server hub says that the call failed"),
        "hang": ("TimeoutError", None),
    }
    for how, (failed, told) in expected.items():
        begun = time.monotonic()
        answer = made.ask(calling(("hub_odd", {"how": how}), answer=holiday))
        (entry,) = answer.receipt["tools"]
        assert (entry["failed"], entry.get("told")) == (failed, told) or how in ("hang", "huge"), how
        assert entry["failed"] in ("McpCallError", "TimeoutError")
        assert "found" not in entry
        assert answer.status == "answered"
        assert time.monotonic() - begun < 15


@pytest.mark.timeout(120)
def test_over_stdio_what_changed_since_it_was_pinned_is_not_called_and_not_offered(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    server = {
        "command": sys.executable,
        "args": [mcp_server.__file__, str(tmp_path)],
        "connect_timeout_s": 60,
    }
    with ExitStack() as stack:
        made = House(home, stack, {"hub": {**server, "tools": {"stock": READS, "gone": {}}}})
        assert made.pin() == 1
        assert "has no tool gone" in capsys.readouterr().err
        script = calling(("hub_stock", {"place": "Ghent"}))
        assert made.ask(script).citations[0].quote == STOCK
        (tmp_path / "calls.jsonl").write_text("")
        (tmp_path / "words.json").write_text(json.dumps({"stock": f"{ABOUT} {ORDERS}"}))
        opened = made.opened(script)
        for _ in range(2):
            answer = opened.ask(QUESTION)
            (entry,) = answer.receipt["tools"]
            assert entry["failed"] == "ChangedToolError"
            assert "pincite tools pin" in entry["told"]
            assert "Ignore" not in json.dumps(answer.receipt)
        assert calls(tmp_path) == [], "it was asked for nothing but what it says of itself"
        # From now on it is not offered, and one line says so.
        assert "hub_stock" not in made.opened(script).graph.get_graph().nodes
        states = {one.name: one.state for one in tool_lines(made.settings())}
        assert states["hub_stock"] == "changed since it was pinned"
        assert run_tools_list(made.settings(), False) == 0
        # Whoever pins it sees what it says now.
        capsys.readouterr()
        made.pin()
        shown = capsys.readouterr().out
        assert "hub_stock: changed" in shown
        assert ORDERS in shown
        assert "hub_stock" in made.opened(script).graph.get_graph().nodes


def test_a_server_that_is_not_there_is_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as stack:
        made = House(home, stack, {"hub": {"url": "http://127.0.0.1:9/mcp", "tools": {"stock": {}}}})
        assert made.pin() == 1
        gone = House(home, stack, {"hub": {"command": "no-such-program", "tools": {"stock": {}}}})
        assert gone.pin() == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "the MCP server hub cannot be asked (ConnectError)",
        "the MCP server hub cannot be asked (FileNotFoundError)",
    ]


def test_nothing_is_pinned_without_a_yes(
    house: Callable[..., House], filled: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    made = house({"stock": {}})
    assert run_tools_pin(made.settings(), [], False) == 1
    assert "nothing of hub was pinned" in capsys.readouterr().err
    done = filled("tools", "pin", "--yes", PINCITE_MCP__SERVERS=str(made.path), HUB_TOKEN="sk-secret")
    assert (done.code, done.err) == (0, "")
    listed = filled("tools", "list", PINCITE_MCP__SERVERS=str(made.path))
    (line,) = [one for one in listed.out.splitlines() if one.startswith("hub_stock")]
    assert "offered\treads, writes, sends out; a person is asked; given up to tenant; 30 s, 0 retries" in line
    assert "sk-secret" not in done.out + listed.out
