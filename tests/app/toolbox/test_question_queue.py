"""Questions for people: kept for their owner's eyes until they are closed."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.toolbox import question_queue
from app.toolbox.question_queue import MOST_CHARACTERS, QuestionQueueFile, QueueError

LABELS = {"integrity": "untrusted", "tenants": ["default"], "groups": [["hr"]]}


@pytest.fixture
def queue(tmp_path: Path) -> QuestionQueueFile:
    return QuestionQueueFile(tmp_path / "new" / "questions.sqlite", lambda: datetime(2026, 3, 1, tzinfo=UTC))


def test_what_is_put_is_listed_with_who_asked_and_what_it_was_made_from(
    queue: QuestionQueueFile, tmp_path: Path
) -> None:
    assert queue.list() == []
    assert not (tmp_path / "new").exists(), "looking writes nothing"
    first = queue.put(" Who pays? ", {"user": "ann", "groups": ["hr"], "labels": LABELS})
    second = queue.put("When?", {})
    one, other = queue.list()
    assert (one.number, one.user, one.question, one.labels) == (first, "ann", "Who pays?", LABELS)
    assert one.asked_at == "2026-03-01T00:00:00+00:00"
    assert (other.number, other.user) == (second, "")
    mode = stat.S_IMODE((tmp_path / "new" / "questions.sqlite").stat().st_mode)
    assert mode == 0o600


def test_a_closed_one_is_gone_and_its_number_is_not_given_again(queue: QuestionQueueFile) -> None:
    number = queue.put("Who pays?", {})
    queue.close(number)
    assert queue.list() == []
    with pytest.raises(QueueError, match=f"there is no open question {number}"):
        queue.close(number)
    assert queue.put("When?", {}) > number


@pytest.mark.parametrize("question", ["", "  \n", "a" * (MOST_CHARACTERS + 1)])
def test_what_is_no_question_is_refused(queue: QuestionQueueFile, question: str) -> None:
    with pytest.raises(QueueError, match="a question for a person has"):
        queue.put(question, {})


def test_the_queue_has_an_end(queue: QuestionQueueFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_queue, "MOST_OPEN", 2)
    queue.put("One?", {})
    queue.put("Two?", {})
    with pytest.raises(QueueError, match="2 questions are open"):
        queue.put("Three?", {})
    assert len(queue.list()) == 2
