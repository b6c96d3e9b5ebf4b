"""A tool that acts waits for a person over HTTP too: 202, then what was decided, once, by the token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.compose import Pincite, open_pincite
from app.conversations.checkpoints import open_checkpoints
from app.conversations.store import ConversationStore
from app.conversations.waiting import MOST_WAITING, NothingWaitsError, WaitingStore
from app.settings import Settings
from app.storage.sqlite import sqlite_file
from app.testing.openai_server import ScriptedModel, serve_model
from app.toolbox.question_queue import questions_of
from tests.app.api.test_application import client_of, events_of, problem_of
from tests.app.test_approvals import QUESTION, answers
from tests.support.service import app_of

pytestmark = pytest.mark.anyio
APPROVE = {"type": "approve"}


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with serve_model(answers) as server:
        yield server


@pytest.fixture
def settings(home: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    return Settings.model_validate(
        {
            "home": home,
            "model": "openai:scripted",
            "model_base_url": model.url,
            "answer": {"tools": "search_documents,ask_person"},
        }
    )


@pytest.fixture
def opened(settings: Settings) -> Iterator[Pincite]:
    with open_pincite(settings) as pincite:
        yield pincite


@pytest.fixture
async def client(opened: Pincite) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(opened) as client:
        yield client


async def waiting(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.post("/v1/answers", json={"question": QUESTION})
    assert response.status_code == 202
    return dict(response.json())


async def decide(
    client: httpx.AsyncClient, asked: dict[str, Any], *decisions: Any, **more: Any
) -> httpx.Response:
    body = {"token": asked["token"], "decisions": list(decisions), **more}
    return await client.post(f"/v1/answers/{asked['id']}/approvals", json=body)


def queued(home: Path) -> list[str]:
    return [one.question for one in questions_of(home / "default").list()]


def on_disk(home: Path) -> tuple[int, int]:
    """How many runs wait, and how many checkpoints there are."""
    path = home / "default" / "threads.sqlite"
    if not path.exists():
        return 0, 0
    with closing(open_checkpoints(path).conn) as connection, sqlite_file(path, 5) as other:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        found = [
            other.execute(f"SELECT count(*) FROM {table}").fetchone()[0] if table in tables else 0  # noqa: S608
            for table in ("waiting", "checkpoints")
        ]
    return found[0], found[1]


async def test_a_call_waits_and_is_made_when_it_is_approved(client: httpx.AsyncClient, home: Path) -> None:
    asked = await waiting(client)
    assert (asked["status"], asked["question"]) == ("waiting", QUESTION)
    (call,) = asked["calls"]
    assert (call["tool"], call["arguments"]) == ("ask_person", {"question": "May I carry over seven days?"})
    assert "approve only what you would do yourself" in call["warning"]
    assert queued(home) == []
    assert on_disk(home) == (1, 1)
    response = await decide(client, asked, APPROVE)
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "answered"
    (entry,) = answer["receipt"]["tools"]
    assert (entry["decision"], entry["did"]) == ("ask", "approve")
    assert queued(home) == ["May I carry over seven days?"]
    assert on_disk(home) == (0, 0), "what went on is not kept"


async def test_an_edit_is_made_as_edited_and_a_rejection_is_told(
    client: httpx.AsyncClient, home: Path
) -> None:
    edit = {"type": "edit", "arguments": {"question": "May I carry over six?"}}
    assert (await decide(client, await waiting(client), edit)).status_code == 200
    assert queued(home) == ["May I carry over six?"]
    reject = {"type": "reject", "message": "not now"}
    answer = (await decide(client, await waiting(client), reject)).json()
    assert answer["notices"] == ["The tool ask_person was not run: it was rejected (not now)."]
    assert len(queued(home)) == 1


async def test_a_token_serves_once_even_for_two_at_a_time(client: httpx.AsyncClient, home: Path) -> None:
    asked = await waiting(client)
    both = await asyncio.gather(*(decide(client, asked, APPROVE) for _ in range(4)))
    assert sorted(one.status_code for one in both) == [200, 404, 404, 404]
    assert len(queued(home)) == 1
    again = await decide(client, asked, APPROVE)
    assert problem_of(again)["code"] == "approval"


async def test_only_who_holds_the_token_goes_on(client: httpx.AsyncClient, home: Path) -> None:
    asked, other = await waiting(client), await waiting(client)
    wrong = [
        {**asked, "token": other["token"]},
        {**asked, "id": other["id"]},
        {**asked, "token": ""},
        {**asked, "id": "..%2F..%2Fx"},
        {**asked, "token": asked["token"][:-1]},
        {**asked, "token": "é"},
    ]
    said = [await decide(client, one, APPROVE) for one in wrong]
    assert {one.status_code for one in said} <= {404}
    # Whether there is such a question is not told.
    assert len({one.json()["detail"] for one in said if one.json()["code"] == "approval"}) == 1
    assert queued(home) == []
    assert (await decide(client, asked, APPROVE)).status_code == 200


async def test_neither_the_token_nor_the_words_of_others_are_on_disk(
    client: httpx.AsyncClient, home: Path
) -> None:
    asked = await waiting(client)
    held = b"".join(path.read_bytes() for path in (home / "default").glob("threads.sqlite*"))
    assert asked["token"].encode() not in held
    assert asked["id"].encode() in held


@pytest.mark.parametrize(
    "decisions",
    [
        [],
        [APPROVE, APPROVE],
        [{"type": "yes"}],
        [{"type": "edit"}],
        [{"type": "edit", "arguments": []}],
        "approve",
    ],
)
async def test_decisions_that_do_not_fit_are_a_problem_and_decide_nothing(
    client: httpx.AsyncClient, home: Path, decisions: Any
) -> None:
    asked = await waiting(client)
    body = {"token": asked["token"], "decisions": decisions}
    response = await client.post(f"/v1/answers/{asked['id']}/approvals", json=body)
    assert problem_of(response)["status"] == 422
    assert queued(home) == []
    assert (await decide(client, asked, {"type": "reject"})).status_code == 200


async def test_events_end_with_an_approval_and_go_on_with_the_answer(
    client: httpx.AsyncClient, home: Path
) -> None:
    response = await client.post("/v1/answers", json={"question": QUESTION, "stream": True})
    *before, (kind, asked) = events_of(response.text)
    assert kind == "approval"
    assert {name for name, _ in before} == {"step"}
    assert asked["calls"][0]["tool"] == "ask_person"
    gone_on = await decide(client, asked, APPROVE, stream=True)
    assert gone_on.headers["content-type"].startswith("text/event-stream")
    events = events_of(gone_on.text)
    assert events[-1][0] == "answer"
    assert next(data["node"] for name, data in events if name == "step") == "ask_person"
    assert events[-1][1]["answer"]["status"] == "answered"
    assert len(queued(home)) == 1
    assert problem_of(await decide(client, asked, APPROVE, stream=True))["status"] == 404


async def test_another_process_goes_on_and_what_was_asked_stays(settings: Settings, home: Path) -> None:
    with open_pincite(settings) as first:
        async with client_of(first) as client:
            asked = await waiting(client)
    with open_pincite(settings) as second:
        async with client_of(second) as client:
            answer = (await decide(client, asked, APPROVE)).json()
    assert (answer["status"], answer["question"]) == ("answered", QUESTION)
    assert len(queued(home)) == 1


async def test_what_was_written_to_the_state_meanwhile_is_not_run(
    client: httpx.AsyncClient, home: Path
) -> None:
    """Whoever can write to the file is not whoever asked: the seal is looked at first."""
    asked = await waiting(client)
    path = home / "default" / "threads.sqlite"
    with sqlite_file(path, 5) as connection, connection:
        (thread, held) = connection.execute("SELECT thread_id, checkpoint FROM checkpoints").fetchone()
        changed = held.replace(b"May I carry over seven days?", b"May I carry over eight days?")
        assert changed != held
        connection.execute("UPDATE checkpoints SET checkpoint = ? WHERE thread_id = ?", (changed, thread))
    response = await decide(client, asked, APPROVE)
    assert problem_of(response)["code"] == "state-changed"
    assert queued(home) == []


async def test_removing_a_document_for_good_takes_what_waits_over_it(
    client: httpx.AsyncClient, opened: Pincite
) -> None:
    asked = await waiting(client)
    (record,) = opened.registry.find("holidays.txt")
    opened.corpus.forget(document=record.doc_id)
    assert (await decide(client, asked, APPROVE)).status_code == 404


async def test_forgetting_who_asked_takes_what_waits(
    client: httpx.AsyncClient, opened: Pincite, home: Path
) -> None:
    asked = await waiting(client)
    assert opened.corpus.forget(user="anonymous").done
    assert (await decide(client, asked, APPROVE)).status_code == 404
    with sqlite_file(home / "default" / "threads.sqlite", 5) as connection:
        assert connection.execute("SELECT count(*) FROM waiting").fetchone() == (0,)


async def test_without_a_tool_that_acts_nothing_is_kept(pincite: Pincite) -> None:
    assert not pincite.may_ask
    async with client_of(pincite) as client:
        response = await client.post("/v1/answers", json={"question": QUESTION})
    assert response.status_code == 200


async def test_the_contract_is_described(opened: Pincite) -> None:
    schema = app_of(opened).openapi()
    answers_route = schema["paths"]["/v1/answers"]["post"]["responses"]
    approvals = schema["paths"]["/v1/answers/{id}/approvals"]["post"]
    assert answers_route["202"]["content"]["application/json"]["schema"]["$ref"].endswith("/WaitingAnswer")
    assert set(approvals["responses"]) >= {"200", "202", "404", "422"}
    kinds = schema["components"]["schemas"]["ApprovalRequest"]["properties"]["decisions"]["items"]
    assert set(kinds["discriminator"]["mapping"]) == {"approve", "edit", "reject"}
    json.dumps(schema)


def store_at(path: Path, now: Callable[[], datetime]) -> WaitingStore:
    return WaitingStore(ConversationStore(path, 30, now), path, 30, now)


def checkpoint() -> Any:
    from langgraph.checkpoint.base import CheckpointTuple, empty_checkpoint

    return CheckpointTuple(
        {"configurable": {}}, empty_checkpoint(), {"source": "loop", "step": 1, "parents": {}}
    )


def test_what_waits_too_long_waits_no_more(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    store = store_at(tmp_path / "threads.sqlite", lambda: now[0])
    ticket = store.put("ann", {}, checkpoint())
    assert ticket is not None
    assert ticket.expires_at == (now[0] + timedelta(days=30)).isoformat()
    with pytest.raises(NothingWaitsError):
        store.find("bob", ticket.id, ticket.token)
    now[0] += timedelta(days=29)
    store.find("ann", ticket.id, ticket.token)
    now[0] += timedelta(days=2)
    with pytest.raises(NothingWaitsError):
        store.take("ann", ticket.id, ticket.token)


def test_so_many_may_wait_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.conversations.waiting.MOST_WAITING", 2)
    assert MOST_WAITING > 2
    store = store_at(tmp_path / "threads.sqlite", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert store.put("ann", {}, checkpoint())
    last = store.put("ann", {}, checkpoint())
    assert last is not None
    assert store.put("ann", {}, checkpoint()) is None
    store.take("ann", last.id, last.token)
    assert store.put("ann", {}, checkpoint())


async def test_where_too_many_wait_it_is_not_run_and_said(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.conversations.waiting.MOST_WAITING", 0)
    for stream in (False, True):
        response = await client.post("/v1/answers", json={"question": QUESTION, "stream": stream})
        answer = events_of(response.text)[-1][1]["answer"] if stream else response.json()
        assert "nobody was there to approve it" in answer["notices"][0]


@pytest.mark.parametrize("arguments", [{"nonsense": 1}, {"question": ""}, {"question": "x" * 2001}])
async def test_an_edit_that_does_not_fit_decides_nothing(
    client: httpx.AsyncClient, home: Path, arguments: dict[str, Any]
) -> None:
    asked = await waiting(client)
    refused = await decide(client, asked, {"type": "edit", "arguments": arguments})
    assert refused.status_code == 422
    assert "do not fit ask_person: question: " in problem_of(refused)["detail"]
    assert queued(home) == []
    assert (await decide(client, asked, APPROVE)).status_code == 200
