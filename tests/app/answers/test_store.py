"""Released answers are kept, for as long as was said, and no word longer."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.answers.redacted_document import GoneDocument
from app.answers.store import AnswerStore, AnswerStoreError
from app.compose import open_pincite
from app.settings import Settings

VOLTS = "How many volts does the Heron gateway need?"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> AnswerStore:
    return AnswerStore(tmp_path / "answers.sqlite", 30, clock)


def answer(name: str, *cited: tuple[str, str], question: str = "Why?") -> dict[str, Any]:
    citations: list[dict[str, Any]] = [
        {
            "number": number,
            "doc_id": doc_id,
            "version": "v1",
            "start": 0,
            "end": len(quote),
            "quote": quote,
            "title": doc_id.title(),
            "headings": [],
        }
        for number, (doc_id, quote) in enumerate(cited, 1)
    ]
    claims: list[dict[str, Any]] = [
        {"text": f"So says: {c['quote']}", "citations": [c["number"]]} for c in citations
    ]
    return {
        "id": name,
        "status": "answered",
        "question": question,
        "text": " ".join(claim["text"] for claim in claims),
        "claims": claims,
        "citations": citations,
        "receipt": {"id": name},
    }


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("answers.sqlite*")))


def test_what_is_put_comes_back_whole_with_its_citations_as_rows(store: AnswerStore) -> None:
    given = answer("a1", ("handbook", "Ask first."), ("rules", "Ask twice."))
    store.put(given)
    assert store.get("a1") == given
    (kept,) = store.every()
    assert (kept["id"], kept["asked_at"], kept["question"]) == ("a1", START.isoformat(), "Why?")
    assert kept["citations"] == [
        {key: one[key] for key in ("number", "doc_id", "version", "start", "end", "quote")}
        for one in given["citations"]
    ]
    assert store.cited() == {("handbook", "v1"), ("rules", "v1")}
    assert store.cited("rules") == {("rules", "v1")}


def test_an_answer_is_stored_once_as_it_was_first_put(store: AnswerStore) -> None:
    store.put(answer("a1", question="First?"))
    store.put(answer("a1", ("handbook", "Ask first."), question="Second?"))
    (kept,) = store.list()
    assert (kept.question, kept.citations) == ("First?", 0)


def test_answers_go_when_their_time_is_over(store: AnswerStore, clock: Clock, tmp_path: Path) -> None:
    store.put(answer("old", ("handbook", "Old words.")))
    clock.now += timedelta(days=20)
    store.put(answer("new", ("handbook", "New words.")))
    clock.now = START + timedelta(days=30)
    assert store.expire() == 0
    clock.now += timedelta(seconds=1)
    assert store.expire() == 1
    assert [one.id for one in store.list()] == ["new"]
    clock.now += timedelta(days=40)
    store.put(answer("newest"))
    assert [one.id for one in store.list()] == ["newest"]
    assert store.cited() == set()


def test_deleted_words_are_not_left_in_the_file(store: AnswerStore, tmp_path: Path) -> None:
    store.put(answer("a1", ("handbook", "The secret is Wintergreen.")))
    store.put(answer("a2", ("handbook", "Nothing to see.")))
    assert b"Wintergreen" in on_disk(tmp_path)
    assert store.delete("a1") == "a1"
    assert b"Wintergreen" not in on_disk(tmp_path)
    assert [one.id for one in store.list()] == ["a2"]
    assert store.clear() == 1
    assert b"Nothing to see" not in on_disk(tmp_path)


def test_forgetting_a_document_takes_its_words_and_leaves_the_rest(
    store: AnswerStore, tmp_path: Path
) -> None:
    around = {"title": "Wintergreen", "headings": [], "lead": "Code", "text": "The code is Wintergreen."}
    excerpts = [{"doc_id": "secret", **around}, {"doc_id": "handbook", **around, "text": "Ask first."}]
    both = answer("both", ("secret", "The code is Wintergreen."), ("handbook", "Ask first."))
    store.put(both | {"excerpts": [excerpts[0], excerpts[1] | {"title": "Handbook"}]})
    store.put(answer("other", ("handbook", "Ask first.")))
    near = {"doc_id": "secret", "excerpt": "Wintergreen again.", "title": "Wintergreen", "headings": []}
    abstained = answer("none") | {"status": "abstained", "abstention": {"nearest": [near]}}
    store.put(abstained)
    assert store.forget(GoneDocument("secret")) == 2
    assert b"Wintergreen" not in on_disk(tmp_path)
    left = store.get("both")
    assert left["claims"][1]["text"] == "So says: Ask first."
    assert left["text"] == "(forgotten) [1] So says: Ask first. [2]"
    assert [one["text"] for one in left["excerpts"]] == ["", "Ask first."]
    assert "The source of [1] was removed for good" in left["notices"][-1]
    assert store.get("other") == answer("other", ("handbook", "Ask first."))
    cited = {one["id"]: one["citations"] for one in store.every()}
    assert [(one["doc_id"], one["quote"]) for one in cited["both"]] == [
        (GoneDocument("secret").tombstone, ""),
        ("handbook", "Ask first."),
    ]
    assert store.forget(GoneDocument("nobody")) == 0


def test_an_id_may_be_shortened_while_it_is_the_only_one(store: AnswerStore) -> None:
    for name in ("abc1", "abc2", "abc"):
        store.put(answer(name))
    assert store.get("abc1")["id"] == "abc1"
    assert store.get("abc")["id"] == "abc"
    with pytest.raises(AnswerStoreError, match="several"):
        store.get("ab")
    for name in ("x", "", "%", "a_"):
        with pytest.raises(AnswerStoreError, match="no stored answer"):
            store.get(name)


def test_looking_makes_no_file(store: AnswerStore, tmp_path: Path) -> None:
    assert (store.list(), list(store.every()), store.cited(), store.expire()) == ([], [], set(), 0)
    assert store.forget(GoneDocument("handbook")) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_format_or_none_at_all_is_told_in_one_line(
    store: AnswerStore, tmp_path: Path
) -> None:
    path = tmp_path / "answers.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=9")
    connection.close()
    with pytest.raises(AnswerStoreError, match="format 9, this Pincite reads 2"):
        store.list()
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(AnswerStoreError, match="cannot be used"):
        store.put(answer("a1"))


def test_every_way_of_asking_keeps_the_answer_under_the_id_it_carries(home: Path) -> None:
    async def stream() -> dict[str, Any]:
        events: list[Any] = [event async for event in pincite.astream(VOLTS)]
        told: dict[str, Any] = events[-1]["answer"]
        return told

    with open_pincite(Settings(home=home)) as pincite:
        asked = pincite.ask(VOLTS).model_dump()
        streamed = asyncio.run(stream())
        threaded = pincite.ask(VOLTS, thread_id="t").model_dump()
        again = pincite.ask("And the cafe, when does it open?", thread_id="t").model_dump()
        # As `langgraph dev` or a host runs it.
        bare = asyncio.run(pincite.graph.ainvoke({"question": VOLTS}))["answer"]
        abstained = pincite.ask("Who won the chess championship of 1927?").model_dump()
        refused = pincite.ask("").model_dump()
        # What ask() refuses before anything is asked, a server hands on.
        failed = asyncio.run(
            pincite.graph.ainvoke({"question": VOLTS, "filters": {"version": {"$ne": "x"}}})
        )["answer"]
        given = [asked, streamed, threaded, again, bare, abstained, refused, failed]
        store = pincite.corpus.answers
        kept = {one.id: one.status for one in store.list()}
        assert kept == {one["id"]: one["status"] for one in given}
        assert len(kept) == len(given)
        assert [one["status"] for one in given[-3:]] == ["abstained", "refused", "failed"]
        for one in given:
            assert one["receipt"]["id"] == one["id"]
            assert store.get(one["id"]) == json.loads(json.dumps(one))
        assert {(c["doc_id"], c["version"]) for c in asked["citations"]} <= store.cited()


def test_nothing_is_kept_where_that_is_off(home: Path) -> None:
    settings = Settings.model_validate({"home": home, "answers": {"keep": False}})
    with open_pincite(settings) as pincite:
        assert pincite.ask(VOLTS).status == "answered"
    assert not list(home.rglob("answers.sqlite*"))


def test_an_answer_that_cannot_be_stored_is_still_given(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (home / "default" / "answers.sqlite").mkdir()
    with open_pincite(Settings(home=home)) as pincite, caplog.at_level(logging.WARNING):
        answer = pincite.ask(VOLTS)
    assert answer.status == "answered"
    warned = [
        record.getMessage() for record in caplog.records if "could not be stored" in record.getMessage()
    ]
    assert len(warned) == 1
    assert VOLTS not in " ".join(warned)
