from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from graphs.calling.breaker import LONGEST_REST_S, Breakers

KEY = ("http://model.test/v1", "gpt")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(failures=2, pause_s=30, clock=clock)


def fail(breakers: Breakers, times: int = 2, rest_s: float | None = None) -> None:
    for _ in range(times):
        assert breakers.why_resting(KEY) == ""
        breakers.failed(KEY, rest_s)


def test_failures_in_a_row_open_it_and_others_stay_closed(breakers: Breakers) -> None:
    fail(breakers)
    assert breakers.why_resting(KEY) == "resting after 2 failures"
    assert breakers.why_resting(("http://model.test/v1", "other")) == ""


def test_an_answer_in_between_starts_the_count_again(breakers: Breakers) -> None:
    fail(breakers, 1)
    breakers.succeeded(KEY)
    fail(breakers, 1)
    assert breakers.why_resting(KEY) == ""


def test_after_the_pause_one_call_is_let_through(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now = 29.9
    assert breakers.why_resting(KEY)
    clock.now = 30.0
    assert breakers.why_resting(KEY) == ""
    assert breakers.why_resting(KEY) == "resting after 2 failures"
    breakers.succeeded(KEY)
    assert breakers.why_resting(KEY) == breakers.why_resting(KEY) == ""


def test_a_trial_that_fails_opens_it_for_another_pause(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now = 30.0
    assert breakers.why_resting(KEY) == ""
    breakers.failed(KEY)
    clock.now = 59.0
    assert breakers.why_resting(KEY) == "resting after 3 failures"
    clock.now = 60.0
    assert breakers.why_resting(KEY) == ""


def test_a_trial_that_was_cancelled_lets_the_next_one_try(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now = 30.0
    assert breakers.why_resting(KEY) == ""
    breakers.released(KEY)
    assert breakers.why_resting(KEY) == ""


def test_a_server_that_asks_to_be_left_alone_is(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 1, rest_s=60)
    assert breakers.why_resting(KEY) == "resting, as the server asked"
    clock.now = 60.0
    assert breakers.why_resting(KEY) == ""


def test_no_server_can_ask_to_be_left_alone_for_ever(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, 1, rest_s=1e12)
    clock.now = LONGEST_REST_S
    assert breakers.why_resting(KEY) == ""


def test_of_many_threads_one_makes_the_trial(breakers: Breakers, clock: Clock) -> None:
    fail(breakers)
    clock.now = 30.0
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: breakers.why_resting(KEY), range(200)))
    assert answers.count("") == 1
