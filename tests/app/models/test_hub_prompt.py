"""The drafting prompt from LangSmith's hub, over the client's real wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.load import dumpd
from langchain_core.prompts import ChatPromptTemplate

from app.compose import open_pincite
from app.models.hub_prompt import HubPromptError, pull_answer_prompt
from app.settings import AnswerSettings, Settings

COMMIT = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
NAME = f"hub:acme/answers:{COMMIT[:12]}"
HUMAN = "{evidence}\n{failures}Question: {question}"


class Hub:
    """A prompt hub on loopback that holds one commit."""

    def __init__(self) -> None:
        self.prompt: Any = ChatPromptTemplate([("system", "Only the passages."), ("human", HUMAN)])
        self.commit = COMMIT
        self.asked: list[str] = []


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    held = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append(self.path)
            found = self.path.startswith("/commits/")
            body = {"commit_hash": held.commit, "manifest": dumpd(held.prompt), "examples": []}
            data = json.dumps(body if found else {}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("LANGSMITH_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    yield held
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_commit_is_pulled_and_named(hub: Hub) -> None:
    prompt = pull_answer_prompt(NAME)
    assert [path for path in hub.asked if "commits" in path] == [f"/commits/acme/answers/{COMMIT[:12]}"]
    assert (prompt.name, prompt.version) == (NAME, COMMIT)
    assert prompt.template.messages[0].prompt.template == "Only the passages."  # type: ignore[union-attr]
    first = prompt.sha256
    hub.prompt = ChatPromptTemplate([("system", "Anything goes."), ("human", HUMAN)])
    assert pull_answer_prompt(NAME).sha256 != first


@pytest.mark.parametrize("name", ["acme/answers:0123456789ab", "hub:acme/answers", "hub:acme/answers:latest"])
def test_without_a_commit_nothing_is_pulled(name: str, hub: Hub) -> None:
    with pytest.raises(HubPromptError, match="commit"):
        pull_answer_prompt(name)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([("system", "S"), ("human", "{evidence} {question}")], "variables evidence, failures, question"),
        ([("system", "S"), ("human", HUMAN + "{secret}")], "has evidence, failures, question, secret"),
        ([("human", HUMAN)], "one system and one human message"),
        ([("system", "S"), ("human", HUMAN), ("ai", "Sure.")], "one system and one human message"),
    ],
)
def test_a_prompt_that_does_not_fit_is_refused(messages: Any, why: str, hub: Hub) -> None:
    hub.prompt = ChatPromptTemplate(messages)
    with pytest.raises(HubPromptError, match=why) as caught:
        pull_answer_prompt(NAME)
    assert "\n" not in str(caught.value)


def test_another_template_language_is_refused(hub: Hub) -> None:
    mustache = [("system", "S"), ("human", "{{evidence}} {{failures}} {{question}}")]
    hub.prompt = ChatPromptTemplate(mustache, template_format="mustache")
    with pytest.raises(HubPromptError, match=r"with \{variables\}"):
        pull_answer_prompt(NAME)


def test_another_commit_than_the_one_asked_for_is_refused(hub: Hub) -> None:
    hub.commit = "f" * 64
    with pytest.raises(HubPromptError, match="gave commit ffffffffffff instead"):
        pull_answer_prompt(NAME)


def test_it_is_pulled_when_the_application_opens(hub: Hub, tmp_path: Any) -> None:
    wrong = AnswerSettings(prompt="hub:acme/answers:" + "e" * 40)
    with pytest.raises(HubPromptError, match="instead"):
        open_pincite(Settings(home=tmp_path, answer=wrong))
    open_pincite(Settings(home=tmp_path, answer=AnswerSettings(prompt=NAME))).close()
    assert len([path for path in hub.asked if "commits" in path]) == 2


def test_a_hub_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    with pytest.raises(HubPromptError, match="cannot be pulled") as caught:
        pull_answer_prompt(NAME)
    assert "\n" not in str(caught.value)
