"""Kept answers are checked after they left, held to a baseline, shown in metrics, gone with their answer."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.answers.feedback import FeedbackStore
from app.answers.store import AnswerStore
from app.compose import open_pincite
from app.observability.metrics import SERIES, Metrics
from app.online.baseline import FILE, OnlineBaselineError, make_baseline, read_baseline, write_baseline
from app.online.checks import CHECKS, checks_of
from app.online.report import make_report
from app.online.settings import OnlineSettings
from app.online.store import OnlineStore
from app.online.topics import LEAST, find_topics, topic_of
from app.online.watch import OnlineWatch, gauges_of
from app.settings import Settings
from graphs.state import AskContext
from tests.support.finished_answers import finished

VOLTS = "How many volts does the Heron gateway need?"
SMALL = OnlineSettings(group=20, window=50)


def now() -> datetime:
    return datetime(2026, 11, 30, tzinfo=UTC)


class Kept:
    """Answers of a folder, and what is found of them."""

    def __init__(self, folder: Path) -> None:
        path = folder / "answers.sqlite"
        self.folder = folder
        self.answers = AnswerStore(path, 90, lambda: datetime.now(UTC))
        self.feedback = FeedbackStore(self.answers, path, now)
        self.found = OnlineStore(self.feedback, path)
        self._count = 0

    def put(self, count: int, **changes: Any) -> list[str]:
        made = []
        for _ in range(count):
            self._count += 1
            answer = {**finished(guards=[]), "id": f"{self._count:016x}", **changes}
            self.answers.put(answer, "ann")
            made.append(answer["id"])
        return made

    def watch(self, **how: Any) -> OnlineWatch:
        return OnlineWatch(self.found, self.folder, SMALL, self.embed, "space", **how)

    @staticmethod
    def embed(question: str) -> np.ndarray:
        """Two topics: what is asked of pay, and the rest."""
        return np.array([1.0, 0.1] if "pay" in question else [0.1, 1.0], dtype=np.float32)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_checks_are_described_values_from_0_to_1() -> None:
    answered, abstained, failed = (checks_of(finished(one)) for one in ("answered", "abstained", "failed"))
    for one in (answered, abstained, failed):
        assert set(one) <= set(CHECKS)
        assert all(0 <= value <= 1 for value in one.values())
    assert (answered["verified"], answered["cited"], answered["score"]) == (1.0, 1.0, 0.8)
    assert (answered["withheld"], answered["guard"], answered["partly_supported"]) == (0.5, 1.0, 0.0)
    assert (answered["by_model"], answered["in_10_s"], answered["same_language"]) == (0.0, 1.0, 1.0)
    assert (abstained["abstained"], failed["failed"], failed["answered"]) == (1.0, 1.0, 0.0)
    assert "verified" not in abstained
    german = {**finished(), "question": "Wie viele Volt braucht das Gateway für den Betrieb?"}
    assert checks_of(german)["same_language"] == 0.0
    assert checks_of({**finished(), "receipt": {}})["verified"] == 1.0, "an expired receipt"


def test_each_answer_is_checked_once_and_keeps_its_number(kept: Kept) -> None:
    kept.put(3)
    watch = kept.watch()
    assert watch.check_all() == 3
    assert watch.check_all() == 0
    first = kept.found.checked()
    kept.put(1)
    assert watch.check_all() == 1
    assert [one.number for one in kept.found.checked()] == [1, 2, 3, 4]
    assert kept.found.checked()[:3] == first
    kept.answers.delete(first[1].id)
    assert [one.number for one in kept.found.checked()] == [1, 3, 4]


def test_an_answer_that_is_not_as_ours_does_not_stop_the_rest(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.put(1, claims=[{"what": "is this"}])
    kept.put(1)
    assert kept.watch().check_all() == 2
    assert "could not be checked (KeyError)" in caplog.text
    assert [bool(one.checks) for one in kept.found.checked()] == [False, True]


@pytest.fixture
def held(kept: Kept) -> Kept:
    """With a baseline: one in ten abstained, a fifth asked about pay."""
    for number in range(120):
        status = "abstained" if number % 10 == 0 else "answered"
        kept.put(1, status=status, question="How is the pay?" if number % 5 == 0 else VOLTS)
    kept.watch().check_all()
    asked = {name: question for name, question, _ in kept.answers.texts()}
    answers = kept.found.checked()
    vectors = np.stack([kept.embed(asked[one.id]) for one in answers])
    write_baseline(kept.folder, make_baseline(answers, vectors, "space", now()))
    return kept


def test_what_stays_as_it_was_is_within_and_a_shift_is_out(held: Kept) -> None:
    baseline = read_baseline(held.folder)
    assert baseline is not None
    assert sorted(baseline.topic_counts) == [24, 96]
    for number in range(100):
        status = "abstained" if number % 10 == 0 else "answered"
        held.put(1, status=status, question="How is the pay?" if number % 5 == 0 else VOLTS)
    watch = held.watch()
    watch.check_all()
    steady = make_report(held.found, baseline, SMALL)
    assert {name: one.out for name, one in steady.charts.items()} == dict.fromkeys(
        ("abstained", "partly_supported", "disliked", "failed"), False
    )
    assert not any(one.drifted for one in steady.drifts.values())
    assert steady.charts["abstained"].groups == 5
    held.put(50, status="failed", question="How is the pay?")
    disliked = held.put(10)
    watch.check_all()
    for one in disliked:
        held.feedback.put(one, "bob", "down")
    shifted = make_report(held.found, baseline, SMALL)
    assert shifted.charts["failed"].since >= 2
    assert shifted.drifts["topics"].drifted
    shown = gauges_of(shifted)
    assert {name for name in shown if name != "pincite_online_checked"} == set(SERIES)
    metrics = Metrics()
    metrics.watch(lambda: shown)
    page = metrics.page()[0].decode()
    assert 'pincite_online_rate_out{rate="failed"} 3.0' in page
    assert "pincite_online_checked 280.0" in page


def test_thumbs_down_that_come_later_count_in_their_group(held: Kept) -> None:
    baseline = read_baseline(held.folder)
    names = held.put(20)
    held.watch().check_all()
    before = make_report(held.found, baseline, SMALL).charts["disliked"]
    for one in names[:12]:
        held.feedback.put(one, "bob", "down", comment="no")
    after = make_report(held.found, baseline, SMALL).charts["disliked"]
    assert found_in_order(held)
    assert (before.rate, before.out, after.rate, after.out) == (0.0, False, 0.6, True)


def found_in_order(kept: Kept) -> bool:
    """Whether answers are counted without a gap, though their topics were told anew."""
    numbers = [one.number for one in kept.found.checked()]
    return numbers == [*range(1, len(numbers) + 1)] and kept.found.last() == len(numbers)


def test_a_new_baseline_gives_topics_anew_and_keeps_checks(held: Kept) -> None:
    watch = held.watch()
    assert watch.check_all() == 120, "their topics are the baseline's now"
    assert {one.topic for one in held.found.checked()} == {0, 1}
    assert watch.check_all() == 0


def test_too_few_answers_are_no_baseline_and_a_damaged_file_is_one_clear_line(kept: Kept) -> None:
    kept.put(5)
    kept.watch().check_all()
    with pytest.raises(OnlineBaselineError, match="100 kept answers or more, and 5"):
        make_baseline(kept.found.checked(), np.ones((5, 2)), "space", now())
    assert read_baseline(kept.folder) is None
    (kept.folder / FILE).write_text('{"rates": 3}')
    with pytest.raises(OnlineBaselineError, match="damaged; make another"):
        read_baseline(kept.folder)


def test_no_topic_is_one_persons_question() -> None:
    random = np.random.default_rng(1)
    centres = np.eye(6, dtype=np.float32)
    vectors = np.concatenate(
        [centres[number] + random.normal(0, 0.05, (size, 6)) for number, size in enumerate((40, 30, 20, 2))]
    )
    topics = find_topics(vectors, 8)
    sizes = np.bincount(topic_of(vectors, topics))
    assert sizes.min() >= LEAST
    assert (topics == find_topics(vectors, 8)).all()
    assert len(find_topics(vectors[:6], 8)) == 0


def test_a_question_is_answered_before_it_is_checked_and_forgotten_with_its_checks(home: Path) -> None:
    settings = Settings(home=home)
    with open_pincite(settings) as pincite:
        pincite.ask(VOLTS, context=AskContext(user="anna the asker"))
        pincite.ask(VOLTS, context=AskContext(user="bob"))
        corpus = pincite.corpus
        path = settings.home / settings.tenant / "answers.sqlite"
        found = OnlineStore(FeedbackStore(corpus.answers, path, now), path)
        watch = OnlineWatch(
            found, path.parent, settings.observability.online, lambda _: np.ones(2), "space", 0.0, 0.0
        )
        watch.notice()
        done = threading.Event()
        for _ in range(200):
            if len(found.checked()) == 2:
                break
            done.wait(0.05)
        watch.close()
        assert [one.checks["answered"] for one in found.checked()] == [1.0, 1.0]
        for one in found.checked():
            found.judge(one.id, "off-question 0123", "answered", True, now())
        report = pincite.forget(user="anna the asker")
        assert report.done
        assert len(found.checked()) == 1
        assert [len(one.passed) for one in found.judged()] == [1]


def test_the_thread_is_begun_by_the_first_answer_and_ends_with_the_application(home: Path) -> None:
    def threads() -> list[str]:
        return [one.name for one in threading.enumerate() if one.name == "pincite-online"]

    others = threads()
    with open_pincite(Settings(home=home)) as pincite:
        assert threads() == others
        pincite.ask(VOLTS)
        assert threads() == [*others, "pincite-online"]
    assert threads() == others
