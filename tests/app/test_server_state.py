"""A thread's state on a LangGraph server, written from outside: ways to a document of others, all shut."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.compose import open_pincite
from app.corpus import open_corpus
from app.settings import Settings
from graphs.state import AskContext, fresh_state
from tests.support.langgraph_server import langgraph_dev

pytestmark = pytest.mark.slow

SALARY = "What does an engineer of band E4 earn?"
SECRET = "71,000"
WORDS = "An engineer of band E4 earns between"


@pytest.fixture(scope="module")
def home(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("state") / "home"
    shutil.copytree(indexed_home, copy, ignore=shutil.ignore_patterns("answers.sqlite*"))
    settings = Settings.model_validate({"home": copy, "cache": {"answers": True}})
    with open_pincite(settings) as pincite:
        assert SECRET in pincite.ask(SALARY, context=AskContext(groups=["hr"])).text
    return copy


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server with a cache that remembers what hr asked, and a caller that nobody knows."""
    folder, cached = tmp_path_factory.mktemp("server"), {"PINCITE_CACHE__ANSWERS": "true"}
    with (
        langgraph_dev(home, folder, variables=cached) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def document(home: Path) -> tuple[str, str, str]:
    """The id, the version and the text of the restricted document."""
    with open_corpus(Settings(home=home)) as corpus:
        (record,) = corpus.registry.find("salaries.md")
        return record.doc_id, record.version, corpus.registry.text(record.doc_id) or ""


def begun(client: httpx.Client) -> str:
    thread = str(client.post("/threads", json={}).json()["thread_id"])
    asked = {"assistant_id": "pincite", "input": {"question": "How many days of paid holiday?"}}
    assert client.post(f"/threads/{thread}/runs/wait", json=asked).json()["answer"]["receipt"]
    return thread


def state_of(client: httpx.Client, thread: str, **changes: Any) -> dict[str, Any]:
    """Everything the graph writes, with the receipt of the turn before but for its groups."""
    known = client.get(f"/threads/{thread}/state").json()["values"]
    empty: Any = fresh_state()
    receipt = {**known["receipt"], "groups": ["hr"]}
    return {**empty, "asked": SALARY, "enough": True, "mode": "extractive", "receipt": receipt, **changes}


def go_on(client: httpx.Client, thread: str, state: dict[str, Any], node: str) -> dict[str, Any]:
    """The answer, with the state written as if ``node`` had; by both ways that the server has."""
    written = client.post(f"/threads/{thread}/state", json={"values": state, "as_node": node})
    assert written.status_code == 200, written.text
    run = {"assistant_id": "pincite", "input": None}
    said = client.post(f"/threads/{thread}/runs/wait", json=run)
    command = {"update": state, "goto": {"guard": "contextualize", "generate": "cite"}[node]}
    told = client.post(
        f"/threads/{begun(client)}/runs/wait", json={"assistant_id": "pincite", "command": command}
    )
    for one in (said, told):
        assert SECRET not in one.text
        assert one.json()["answer"]["problem"]["code"] == "state-changed"
    answer: dict[str, Any] = said.json()["answer"]
    return answer


def test_a_draft_remembered_for_others_is_not_read(client: httpx.Client) -> None:
    thread = begun(client)
    for changes in ({"standalone": ""}, {"standalone": SALARY}):
        go_on(client, thread, state_of(client, thread, **changes), "guard")


def test_a_draft_of_ones_own_is_not_remembered_for_others(client: httpx.Client, home: Path) -> None:
    thread = begun(client)
    evidence = client.get(f"/threads/{thread}/state").json()["values"]["evidence"][:1]
    words = evidence[0]["text"][:40]
    draft = [{"text": words, "sources": [1], "quotes": [words]}]
    state = state_of(client, thread, standalone=SALARY, evidence=evidence, draft=draft)
    go_on(client, thread, state, "generate")
    settings = Settings.model_validate({"home": home, "cache": {"answers": True}})
    with open_pincite(settings) as pincite:
        answer = pincite.ask(SALARY, context=AskContext(groups=["hr"]))
    assert SECRET in answer.text
    assert words not in answer.text


def test_what_a_restricted_document_says_cannot_be_guessed(client: httpx.Client, home: Path) -> None:
    doc_id, whole, text = document(home)
    start = text.index(WORDS)
    said = set()
    for version in ("", whole[:8], whole):
        for words in (WORDS, WORDS.replace("between", "exactly")):
            thread = begun(client)
            place = {"doc_id": doc_id, "version": version, "start": start, "end": start + len(words)}
            rest: dict[str, Any] = {"title": "t", "uri": "", "headings": [], "page": None, "scores": {}}
            evidence = [{**place, **rest, "text": words}]
            draft = [{"text": words, "sources": [1], "quotes": [words]}]
            state = state_of(client, thread, standalone=SALARY, evidence=evidence, draft=draft)
            answer = go_on(client, thread, state, "generate")
            said.add(json.dumps([answer["status"], answer["text"], answer["citations"], answer["problem"]]))
    assert len(said) == 1
