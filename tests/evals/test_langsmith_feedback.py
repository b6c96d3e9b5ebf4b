"""Feedback and annotation queues over LangSmith's own wire, both ways."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.answers.feedback import FeedbackStore
from app.answers.store import AnswerStore
from app.compose import open_pincite
from app.observability.traced_runs import TracedRuns
from app.online.checks import checks_of
from app.online.settings import OnlineSettings
from app.online.store import OnlineStore
from app.settings import Settings
from evals.errors import EvalError
from evals.langsmith_feedback import KEY, ORIGIN, QUEUE, queue_answers, sync_feedback
from evals.langsmith_sync import configured_client
from tests.support.finished_answers import finished
from tests.support.langsmith_store import NOW, LangSmithStore, serve_store

SECRET = "ghp_" + "aB3" * 12
RUNS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(1, 5)]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmithStore]:
    with serve_store() as serving:
        monkeypatch.setenv("LANGSMITH_ENDPOINT", serving.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "test-key")
        project = {"id": str(uuid.UUID(int=7)), "name": "pincite", "tenant_id": str(uuid.UUID(int=1))}
        serving.sessions[project["id"]] = {**project, "start_time": NOW, "reference_dataset_id": None}
        yield serving


@dataclass
class Kept:
    answers: AnswerStore
    feedback: FeedbackStore
    traced: TracedRuns
    online: OnlineStore


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Three answers that were traced, and one that was not."""
    path = tmp_path / "answers.sqlite"
    answers = AnswerStore(path, 90, lambda: datetime.now(UTC))
    feedback = FeedbackStore(answers, path, lambda: datetime.now(UTC))
    made = Kept(answers, feedback, TracedRuns(answers, path), OnlineStore(feedback, path))
    for number in range(4):
        answer = {**finished(guards=[]), "id": f"answer-{number}"}
        answers.put(answer, "ann")
        made.online.put(f"answer-{number}", checks_of(answer), None, "")
        if number < 3:
            made.traced.put(f"answer-{number}", RUNS[number])
    return made


def theirs(run: str, score: float | None, key: str = "correctness", comment: str = "") -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "run_id": run,
        "trace_id": run,
        "key": key,
        "score": score,
        "comment": comment,
        "created_at": NOW,
        "modified_at": NOW,
        "feedback_source": {"type": "app", "metadata": {}, "user_id": str(uuid.UUID(int=9))},
    }


def test_ours_goes_to_the_run_once_redacted_and_without_who_gave_it(
    store: LangSmithStore, kept: Kept
) -> None:
    client = configured_client()
    kept.feedback.put("answer-0", "ann", "up")
    kept.feedback.put("answer-1", "bob", "down", reason="wrong", comment=f"ask jane@corp.example, {SECRET}")
    kept.feedback.put("answer-3", "bob", "down")
    done = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (done.sent, done.changed, done.taken_away, done.brought) == (2, 0, 0, 0)
    by_run = {one["run_id"]: one for one in store.feedback}
    assert set(by_run) == {RUNS[0], RUNS[1]}, "that of an answer without a run stays here"
    assert (by_run[RUNS[0]]["key"], by_run[RUNS[0]]["score"]) == (KEY, 1.0)
    assert by_run[RUNS[1]]["comment"].startswith("ask [e-mail], ")
    assert by_run[RUNS[1]]["feedback_source"]["metadata"] == {"pincite": "feedback", "reason": "wrong"}
    said = str(store.feedback)
    assert not [one for one in (SECRET, "jane", "'ann'", "'bob'") if one in said]
    wrote = len(store.writes)
    again = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (again.sent, again.changed, again.brought) == (0, 0, 0)
    assert len(store.writes) == wrote


def test_what_is_changed_or_taken_back_here_is_there(store: LangSmithStore, kept: Kept) -> None:
    client = configured_client()
    kept.feedback.put("answer-0", "ann", "up")
    kept.feedback.put("answer-1", "ann", "up")
    sync_feedback(client, "pincite", kept.feedback, kept.traced)
    kept.feedback.put("answer-0", "ann", "down", comment="it is not")
    kept.feedback.take_back("answer-1", "ann")
    done = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (done.sent, done.changed, done.taken_away) == (0, 1, 1)
    (left,) = store.feedback
    assert (left["run_id"], left["score"], left["comment"]) == (RUNS[0], 0.0, "it is not")


def test_what_reviewers_said_there_is_ours_with_its_origin_and_goes_with_it(
    store: LangSmithStore, kept: Kept
) -> None:
    client = configured_client()
    store.feedback += [
        theirs(RUNS[0], 0.0, comment=f"see jane@corp.example {SECRET}"),
        theirs(RUNS[0], 1.0, key="tone"),
        theirs(RUNS[1], None, key="note"),
    ]
    done = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (done.brought, done.without_score, done.sent) == (2, 1, 0)
    found = {one.reason: one for one in kept.feedback.list(answer_id="answer-0")}
    assert (found["langsmith:correctness"].rating, found["langsmith:tone"].rating) == ("down", "up")
    assert found["langsmith:correctness"].user.startswith(ORIGIN)
    assert SECRET not in found["langsmith:correctness"].comment
    assert "jane" not in found["langsmith:correctness"].comment
    assert kept.online.checked()[0].disliked, "a reviewer's no counts as a thumb down"
    again = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (again.brought, again.sent, len(store.feedback)) == (0, 0, 3)
    del store.feedback[0]
    store.feedback[0]["score"] = 0.0
    last = sync_feedback(client, "pincite", kept.feedback, kept.traced)
    assert (last.brought, last.gone) == (1, 1)
    assert [one.rating for one in kept.feedback.list(answer_id="answer-0")] == ["down"]


def test_answers_go_into_the_queue_once_and_what_went_wrong_first(store: LangSmithStore, kept: Kept) -> None:
    client = configured_client()
    kept.feedback.put("answer-2", "ann", "down")
    every = OnlineSettings(share=1.0)
    first = queue_answers(client, "pincite", kept.online, kept.traced, every, 1)
    assert (first.queued, store.queued) == (1, [RUNS[2]])
    rest = queue_answers(client, "pincite", kept.online, kept.traced, every, 10)
    assert (rest.queued, sorted(store.queued)) == (2, sorted(RUNS[:3]))
    assert queue_answers(client, "pincite", kept.online, kept.traced, every, 10).queued == 0
    assert [one["name"] for one in store.queues.values()] == [QUEUE]


def test_a_refusal_is_one_line_and_changes_nothing_here(store: LangSmithStore, kept: Kept) -> None:
    kept.feedback.put("answer-0", "ann", "up")
    store.refuse = 403
    with pytest.raises(EvalError, match="LangSmith did not take it"):
        sync_feedback(configured_client(), "pincite", kept.feedback, kept.traced)
    assert len(kept.feedback.list()) == 1


def test_an_answer_knows_the_run_it_was_traced_as(store: LangSmithStore, home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        first = pincite.ask("How many volts does the Heron gateway need?")
        second = pincite.ask("How many volts does the gateway need?", thread_id="t")
        traced = TracedRuns(pincite.corpus.answers, home / "default" / "answers.sqlite")
        runs = traced.runs()
    assert set(runs) == {first.id, second.id}
    roots = {name for name, one in store.runs.items() if one.get("name") == "pincite.ask"}
    assert set(runs.values()) <= roots
    assert len(roots) == 2
