"""Conversations have an owner and an end; nobody else reads one, or goes on with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from starlette.testclient import TestClient

from app.compose import Pincite, open_pincite
from app.conversations.checkpoints import open_checkpoints
from app.conversations.store import ConversationError, ConversationStore, thread_of
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, serve_model
from graphs.state import AskContext
from tests.support.cli import Command
from tests.support.service import app_of

SALARY = "What does an engineer of band E4 earn?"
FOLLOW_UP = "And how is that paid?"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def now() -> list[datetime]:
    return [START]


@pytest.fixture
def store(tmp_path: Path, now: list[datetime]) -> ConversationStore:
    return ConversationStore(tmp_path / "threads.sqlite", 30, lambda: now[0])


def turn(path: Path, thread: str) -> None:
    """A turn of a conversation, with words that can be looked for."""
    saver = open_checkpoints(path)
    config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    checkpoint: Any = {**empty_checkpoint(), "channel_values": {"said": f"words of {thread}"}}
    kept = saver.put(config, checkpoint, {"source": "loop", "step": 1, "parents": {}}, {"said": 1})
    saver.put_writes(kept, [("said", f"words of {thread}")], "task")
    saver.conn.close()


def test_a_name_is_each_persons_own(store: ConversationStore, now: list[datetime]) -> None:
    ann, bob = store.go_on("ann", "trip"), store.go_on("bob", "trip")
    assert ann != bob
    now[0] += timedelta(days=1)
    assert store.go_on("ann", "trip") == ann
    assert [(one.user, one.name) for one in store.list()] == [("ann", "trip"), ("bob", "trip")]
    (mine,) = store.list("ann")
    assert (mine.begun_at, mine.used_at) == (START.isoformat(), now[0].isoformat())
    assert store.list("eve") == []


@pytest.mark.parametrize("pair", [("a", "bc"), ("ab", "c"), ("", "abc"), ('a", "', "bc"), ("\ud800", "x")])
def test_no_two_owners_share_a_thread_by_the_way_they_are_written(pair: tuple[str, str]) -> None:
    others = [("abc", ""), ("a", "b"), ("a,b", "c"), ('a"', ' "bc')]
    assert thread_of(*pair) not in [thread_of(*other) for other in others]


def test_what_nobody_went_on_with_goes_with_every_word(
    store: ConversationStore, now: list[datetime], tmp_path: Path
) -> None:
    path = tmp_path / "threads.sqlite"
    old, new = store.go_on("ann", "old"), store.go_on("ann", "new")
    for thread in (old, new):
        turn(path, thread)
    now[0] += timedelta(days=29)
    store.go_on("ann", "new")
    assert store.expire() == 0
    now[0] += timedelta(days=2)
    assert store.expire() == 1
    assert [one.name for one in store.list()] == ["new"]
    found = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert f"words of {old}".encode() not in found
    assert f"words of {new}".encode() in found


def test_threads_of_an_earlier_version_belong_to_nobody_and_go_in_their_turn(
    store: ConversationStore, now: list[datetime], tmp_path: Path
) -> None:
    turn(tmp_path / "threads.sqlite", "shared")
    assert store.expire() == 0
    assert [(one.user, one.name) for one in store.list()] == [("", "shared")]
    now[0] += timedelta(days=31)
    assert store.expire() == 1
    assert store.list() == []


def test_one_conversation_is_deleted_and_another_of_its_name_stays(store: ConversationStore) -> None:
    for user in ("ann", "bob"):
        store.go_on(user, "trip")
    store.delete("ann", "trip")
    assert [one.user for one in store.list()] == ["bob"]
    for user, name in (("ann", "trip"), ("bob", "other"), ("bob", thread_of("bob", "trip"))):
        with pytest.raises(ConversationError, match="has no conversation"):
            store.delete(user, name)
    assert store.clear() == 1


def test_looking_makes_no_file_and_a_damaged_one_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "threads.sqlite"
    store = ConversationStore(path, 30, lambda: START)
    assert (store.list(), store.expire(), store.clear()) == ([], 0, 0)
    assert not path.exists()
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ConversationError, match="cannot be used"):
        store.go_on("ann", "trip")


@pytest.fixture
def scripted(home: Path) -> Iterator[tuple[Pincite, ScriptedModel]]:
    with serve_model(lambda _request: Reply(content="What does an engineer earn?")) as server:
        settings = Settings.model_validate(
            {"home": home, "model": "openai:scripted", "model_base_url": server.url}
        )
        with open_pincite(settings) as pincite:
            yield pincite, server


def sent(server: ScriptedModel) -> str:
    return json.dumps([str(request) for request in server.requests])


@pytest.mark.parametrize(
    "other",
    [
        AskContext(user="mallory", groups=["hr"]),
        AskContext(user="hilda"),
        AskContext(user="hilda", groups=["sales"]),
        AskContext(),
    ],
)
def test_anothers_earlier_turns_reach_no_model_and_no_answer(
    scripted: tuple[Pincite, ScriptedModel], other: AskContext
) -> None:
    pincite, server = scripted
    hilda = AskContext(user="hilda", groups=["hr"])
    pincite.ask(SALARY, thread_id="shared", context=hilda)
    del server.requests[:]
    answer = pincite.ask(FOLLOW_UP, thread_id="shared", context=other)
    for said in (sent(server), answer.model_dump_json()):
        assert "band E4" not in said
        assert "71,000" not in said
    if other.user == "hilda":
        # Her own, but an earlier turn rests on a right that she lost.
        assert answer.problem is not None
        assert answer.problem.code == "not-your-conversation"
    assert pincite.ask(FOLLOW_UP, thread_id="shared", context=hilda).status in ("answered", "abstained")
    assert "band E4" in sent(server)
    more = AskContext(user="hilda", groups=["hr", "board"])
    assert pincite.ask(FOLLOW_UP, thread_id="shared", context=more).status in ("answered", "abstained")


def test_a_question_refused_for_its_asker_leaves_the_conversation_as_it_was(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        pincite.ask(SALARY, thread_id="t", context=AskContext(user="hilda", groups=["hr"]))
        refused = pincite.ask("Marzipan?", thread_id="t", context=AskContext(user="hilda"))
        assert refused.status == "refused"
    saver = open_checkpoints(home / "default" / "threads.sqlite")
    config: RunnableConfig = {"configurable": {"thread_id": thread_of("hilda", "t"), "checkpoint_ns": ""}}
    found = saver.get_tuple(config)
    saver.conn.close()
    assert found is not None
    assert "Marzipan" not in str(found.checkpoint["channel_values"]["messages"])


def test_stored_answers_are_their_askers(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        answer = pincite.ask(SALARY, context=AskContext(user="hilda", groups=["hr"]))
        pincite.ask("When does the cafe open?", context=AskContext(user="ann"))
        answers = pincite.corpus.answers
    assert [one.question for one in answers.list(user="hilda")] == [SALARY]
    assert answers.get(answer.id, user="hilda")["text"] == answer.text
    for call in (answers.get, answers.delete):
        with pytest.raises(Exception, match="there is no stored answer"):
            call(answer.id, user="ann")
    assert len(answers.list()) == 2


def test_answers_of_an_earlier_version_get_the_owner_that_their_receipts_name(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        answer = pincite.ask(SALARY, context=AskContext(user="hilda", groups=["hr"]))
    path = home / "default" / "answers.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE answers DROP COLUMN user")
        connection.execute("PRAGMA user_version=1")
    connection.close()
    with open_pincite(Settings(home=home)) as pincite:
        answers = pincite.corpus.answers
        assert [one.id for one in answers.list(user="hilda")] == [answer.id]
        assert answers.list(user="ann") == []


def test_the_http_api_takes_nobodys_conversation_or_answer(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        kept = pincite.ask(SALARY, thread_id="t", context=AskContext(user="hilda", groups=["hr"]))
        client = TestClient(app_of(pincite), base_url="http://127.0.0.1")
        for more in (
            {"user": "hilda"},
            {"groups": ["hr"]},
            {"context": {"user": "hilda"}},
        ):
            assert client.post("/v1/answers", json={"question": FOLLOW_UP, **more}).status_code == 422
        for path in (f"/v1/answers/{kept.id}", "/v1/threads/t"):
            assert client.get(path).status_code == 404
            assert client.delete(path).status_code == 404
        for path in ("/v1/answers", "/v1/threads"):
            assert client.get(path).json() == []
        own = client.post("/v1/answers", json={"question": FOLLOW_UP, "thread": "t"}).json()
        assert "71,000" not in str(own)
        own = client.post("/v1/answers", json={"question": SALARY}).json()
        assert (own["receipt"]["user"], "71,000" in str(own)) == ("anonymous", False)


def test_the_command_line_lists_and_deletes_conversations(filled: Command) -> None:
    filled("ask", "When does the cafe open?", "--thread", "morning")
    listed = filled("threads", "list")
    assert (listed.code, listed.out.split("\t")[:2]) == (0, ["morning", "command line"])
    assert filled("threads", "delete").code == 2
    wrong = filled("threads", "delete", "evening")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert filled("threads", "delete", "morning").out == "deleted morning\n"
    assert json.loads(filled("threads", "list", "--json").out) == []
