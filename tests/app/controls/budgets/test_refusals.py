"""What HTTP says where a budget refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.controls.budgets.refusals import refusal_status
from graphs.contracts import Answer, Problem


def failed(code: str, **refused: Any) -> Answer:
    problem = Problem(code=code, message="No.")
    receipt = {"budget": {"refused": refused}} if refused else {}
    return Answer(status="failed", question="?", text="", problem=problem, receipt=receipt)


@pytest.mark.parametrize(
    ("answer", "status", "headers"),
    [
        (failed("budget-exceeded", retry_after_s=61.2), 429, {"Retry-After": "62"}),
        (failed("budget-exceeded", retry_after_s=None), 402, {}),
        (failed("budget-exceeded"), 402, {}),
        (failed("budget-unavailable"), 503, {}),
    ],
    ids=["until the window turns", "waiting does not help", "without a receipt", "ledger"],
)
def test_a_refusal_has_a_status_of_its_own(answer: Answer, status: int, headers: dict[str, str]) -> None:
    found = refusal_status(answer)
    assert found is not None
    assert (found.status, found.headers) == (status, headers)


def test_what_failed_otherwise_has_none() -> None:
    assert refusal_status(failed("generate-failed")) is None
    assert refusal_status(Answer(status="answered", question="?", text="!")) is None
