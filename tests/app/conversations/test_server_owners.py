"""Owners on a LangGraph server: of two people who log in, neither finds what the other made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.langgraph_server import LOGIN, langgraph_dev

pytestmark = pytest.mark.slow

SALARY = "What does an engineer of band E4 earn?"
RUN: dict[str, Any] = {"assistant_id": "pincite", "input": {"question": SALARY}}


@pytest.fixture(scope="module")
def url(indexed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with langgraph_dev(indexed_home, tmp_path_factory.mktemp("owners"), login=LOGIN) as url:
        yield url


@pytest.fixture(scope="module")
def hilda(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, headers={"authorization": "Bearer hilda"}) as client:
        yield client


@pytest.fixture(scope="module")
def ann(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, headers={"authorization": "Bearer ann"}) as client:
        yield client


@pytest.fixture(scope="module")
def thread(hilda: httpx.Client) -> str:
    """Hilda's, of one turn with what hr may read."""
    made = hilda.post("/threads", json={"metadata": {"owner": "ann"}}).json()
    answer = hilda.post(f"/threads/{made['thread_id']}/runs/wait", json=RUN).json()["answer"]
    assert "71,000" in answer["text"]
    return str(made["thread_id"])


def test_a_thread_is_nobody_elses_to_read_or_go_on_with(
    ann: httpx.Client, hilda: httpx.Client, thread: str
) -> None:
    (run,) = hilda.get(f"/threads/{thread}/runs").json()
    go_on = {"assistant_id": "pincite", "input": {"question": "And how is that paid?"}}
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/state", None),
        ("GET", "/history", None),
        ("POST", "/history", {}),
        ("GET", "/runs", None),
        ("GET", f"/runs/{run['run_id']}", None),
        ("GET", f"/runs/{run['run_id']}/join", None),
        ("POST", "/copy", {}),
        ("POST", "/state", {"values": {"asked": "x"}, "as_node": "guard"}),
        ("POST", "/runs/wait", go_on),
        ("POST", "/runs/stream", go_on),
        ("POST", "/runs", go_on),
        ("POST", "/runs/crons", {**go_on, "schedule": "0 0 1 1 *"}),
        ("POST", "/commands", {"id": 1, "method": "run.start", "params": go_on}),
        ("PATCH", "", {"metadata": {"owner": "ann"}}),
        ("DELETE", "", None),
    ):
        answered = ann.request(method, f"/threads/{thread}{path}", json=body)
        assert "71,000" not in answered.text
        assert "band E4" not in answered.text
        refused = answered.status_code in (403, 404, 409) or "not found" in answered.text
        assert refused or answered.json() == [], (path, answered.text)
    mine = hilda.get(f"/threads/{thread}/state").json()["values"]["messages"]
    assert len(mine) == 2
    assert hilda.get(f"/threads/{thread}").json()["metadata"]["owner"] == "hilda"


def test_nor_is_it_found(ann: httpx.Client, hilda: httpx.Client, thread: str) -> None:
    for wanted in ({}, {"metadata": {"owner": "hilda"}}, {"ids": [thread]}):
        found = ann.post("/threads/search", json=wanted)
        assert thread not in found.text
    assert thread in hilda.post("/threads/search", json={}).text
    assert ann.post("/threads/count", json={}).json() == 0


def test_assistants_of_the_server_are_everybodys_and_ones_own_are_ones_own(
    ann: httpx.Client, hilda: httpx.Client
) -> None:
    own = hilda.post(
        "/assistants", json={"graph_id": "pincite", "name": "h", "metadata": {"created_by": "system"}}
    ).json()
    seen = [one["assistant_id"] for one in ann.post("/assistants/search", json={}).json()]
    assert seen
    assert own["assistant_id"] not in seen
    assert ann.get(f"/assistants/{own['assistant_id']}").status_code == 404
    assert ann.post("/runs/wait", json={**RUN, "assistant_id": own["assistant_id"]}).status_code == 404
    assert "answer" in hilda.post("/runs/wait", json={**RUN, "assistant_id": own["assistant_id"]}).json()


def test_items_of_the_store_are_under_their_owners_name(ann: httpx.Client, hilda: httpx.Client) -> None:
    item = {"namespace": ["notes"], "key": "pay", "value": {"text": "71,000"}}
    assert hilda.put("/store/items", json=item).status_code == 204
    for namespace in (["notes"], ["hilda", "notes"]):
        found = ann.post("/store/items/search", json={"namespace_prefix": namespace})
        assert "71,000" not in found.text
        one = ann.get("/store/items", params={"namespace": ".".join(namespace), "key": "pay"})
        assert "71,000" not in one.text
    assert "71,000" in hilda.post("/store/items/search", json={"namespace_prefix": ["notes"]}).text


def test_a_header_makes_nobody_the_developer(url: str, thread: str) -> None:
    answered = httpx.get(f"{url}/threads/{thread}/state", headers={"x-auth-scheme": "langsmith"})
    assert answered.status_code == 401


def test_an_answer_that_was_written_into_a_state_is_not_kept(
    hilda: httpx.Client, indexed_home: Path, thread: str
) -> None:
    made = str(hilda.post("/threads", json={}).json()["thread_id"])
    hilda.post(f"/threads/{made}/runs/wait", json={**RUN, "input": {"question": "thanks"}})
    forged = {
        "id": "f0f0f0f0f0f0f0f0",
        "status": "answered",
        "question": "?",
        "text": "forged",
        "citations": [],
    }
    hilda.post(f"/threads/{made}/state", json={"values": {"answer": forged}, "as_node": "release"})
    hilda.post(f"/threads/{made}/runs/wait", json={"assistant_id": "pincite", "input": None})
    kept = b"".join(file.read_bytes() for file in (indexed_home / "default").glob("answers.sqlite*"))
    assert b"f0f0f0f0f0f0f0f0" not in kept
    assert SALARY.encode() in kept
