"""A dozen of our own questions as tests of LangSmith's pytest plugin.

Offline with ``LANGSMITH_TEST_TRACKING=false``, which the tests set; in a LangSmith workspace each becomes an
experiment's row. One of each kind that must work, so that a broken step shows before `make eval` is run.
"""

from __future__ import annotations

import pytest
from langsmith import testing

from evals.datasets.suite import Question, Suite
from evals.experiments.ask import observe
from evals.experiments.grade import grade, lost
from evals.experiments.opened_suite import Opened

RIGHT = (
    "single-07",
    "single-15",
    "single-26",
    "several-12",
    "number-01",
    "number-12",
    "number-24",
    "follow-up-13",
    "filter-02",
    "filter-09",
)
SILENT = ("unanswerable-05", "unanswerable-20", "unanswerable-25")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TEST_TRACKING", "false")


@pytest.fixture(scope="module")
def questions(isbrook: Suite) -> dict[str, Question]:
    return {question.id: question for question in isbrook.questions}


def measure(question: Question, opened: Opened) -> dict[str, float | None]:
    testing.log_inputs({"question": question.question, "filters": question.filters})
    testing.log_reference_outputs({"answer": question.answer})
    seen = observe(opened, question, probes=False)
    testing.log_outputs({"text": seen.get("text"), "lost": lost(question, seen)})
    metrics = grade(question, seen, opened.names)
    for key in ("correct", "citation_f1"):
        testing.log_feedback(key=key, score=metrics[key])
    assert seen.get("error") is None
    assert (metrics["leaks"], metrics["invalid_citations"], metrics["fabricated_sources"]) == (0, 0, 0)
    return metrics


@pytest.mark.langsmith
@pytest.mark.parametrize("name", RIGHT)
def test_it_says_what_is_asked_and_cites_the_words(
    name: str, questions: dict[str, Question], opened: Opened
) -> None:
    metrics = measure(questions[name], opened)
    assert metrics["correct"] == 1
    assert metrics["gold_cited"] == 1


@pytest.mark.langsmith
@pytest.mark.parametrize("name", SILENT)
def test_it_is_silent_where_the_documents_are(
    name: str, questions: dict[str, Question], opened: Opened
) -> None:
    assert measure(questions[name], opened)["abstained"] == 1
