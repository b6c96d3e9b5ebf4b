"""A guard that fails or takes too long does what its policy says, and the receipt tells."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from app.safety.guardrails_guard import GuardrailsGuard, Policy
from app.safety.settings import SafetySettings
from app.safety.time_limit import GuardOverranError, within
from graphs.answer import build_answer_graph
from graphs.contracts import Answer
from graphs.parts import GuardFailedError
from tests.support.graph_parts import corpus, first_sentence, stored_text

pytestmark = pytest.mark.anyio
QUESTION = "How long are the G2 gateway and its batteries covered by the warranty?"
SECRET = "hunter2 is the word"


class Slow:
    """A validator that waits until it is told to go on."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def validate(self, _value: Any, _metadata: Any) -> Any:
        self.go.wait(20)
        return SimpleNamespace(outcome="pass")


class Broken:
    def validate(self, value: Any, _metadata: Any) -> Any:
        raise ValueError(f"cannot read {value}")


def guard(validator: Any, policy: Policy, limit_ms: int = 100) -> GuardrailsGuard:
    return GuardrailsGuard("g", ("answer",), "block", lambda: validator, policy, limit_ms)


@pytest.fixture
def slow() -> Any:
    validator = Slow()
    yield validator
    validator.go.set()


def test_one_that_overruns_and_is_closed_lets_nothing_through(slow: Slow) -> None:
    begun = time.perf_counter()
    with pytest.raises(GuardFailedError, match="'g' did not check: it took more than 100 ms") as raised:
        guard(slow, "closed")(SECRET)
    assert time.perf_counter() - begun < 10, "it was waited for"
    (run,) = raised.value.runs
    assert (run.policy, run.action, run.saw) == ("closed", "block", "unknown")
    assert SECRET not in str(raised.value) + repr(run)


def test_one_that_overruns_and_is_open_lets_through_and_is_logged(
    slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    result = guard(slow, "open")(SECRET)
    assert (result.verdict, result.text) == ("allow", SECRET)
    (run,) = result.runs
    assert (run.action, run.fault) == ("allow", "it took more than 100 ms")
    assert "took more than 100 ms" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("policy", ["open", "closed"])
def test_one_that_breaks_does_the_same_and_never_tells_the_words(
    policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    if policy == "open":
        assert guard(Broken(), policy)(SECRET).runs[0].fault == "it failed (ValueError)"
    else:
        with pytest.raises(GuardFailedError, match="ValueError") as raised:
            guard(Broken(), policy)(SECRET)
        assert SECRET not in str(raised.value)
    assert SECRET not in caplog.text


def test_what_runs_beside_it_is_not_held_up(slow: Slow) -> None:
    with ThreadPoolExecutor(6) as pool:
        begun = time.perf_counter()
        waiting = [pool.submit(guard(slow, "open", 1000), SECRET) for _ in range(5)]
        assert within(5000, lambda: 7) == 7
        assert time.perf_counter() - begun < 0.9
        assert {one.result().verdict for one in waiting} == {"allow"}


def test_what_it_raises_is_raised_and_what_it_returns_returned() -> None:
    with pytest.raises(KeyError):
        within(5000, lambda: dict[str, int]()["a"])
    with pytest.raises(GuardOverranError):
        within(10, lambda: time.sleep(0.5))


@pytest.mark.parametrize("side", ["question", "answer"])
async def test_the_receipt_tells_which_guard_did_not_check(slow: Slow, side: str) -> None:
    checks: dict[str, Any] = {f"check_{side}": guard(slow, "closed")}
    graph: Any = build_answer_graph(
        retriever=corpus(), extractor=first_sentence(), stored_text=stored_text, **checks
    )
    answer = Answer.model_validate((await graph.ainvoke({"question": QUESTION}))["answer"])
    assert (answer.status, answer.text, answer.claims) == ("failed", "", [])
    assert answer.problem is not None
    assert answer.problem.message.startswith("The guard 'g' did not check: it took more than 100 ms")
    runs = [run for entry in answer.receipt["guards"] for run in entry.get("runs", [])]
    assert [(run["guard"], run["policy"], run["fault"]) for run in runs if "fault" in run] == [
        ("g", "closed", "it took more than 100 ms")
    ]


def test_closed_are_egress_secrets_and_canary_and_open_are_scores() -> None:
    from app.safety.our_guards import listed

    settings = SafetySettings(topics=["leave"], personal_data="redact", question_personal_data="redact")
    policies = {name: how["policy"] for name, how in listed(settings) if how}
    assert {name for name, policy in policies.items() if policy == "open"} == {"injection", "topics"}
    assert len(policies) == 8
