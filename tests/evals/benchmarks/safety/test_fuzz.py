"""What strangers' text reaches raises nothing, whatever the text; and the search for faults finds them."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.benchmarks.safety.fuzz import broken, fuzz, grow
from evals.benchmarks.safety.fuzz_inputs import ATOMS, MOST, grown, some_text
from evals.benchmarks.safety.fuzz_targets import targets

TARGETS = targets()
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(ATOMS), max_size=60).map("".join),
    st.builds(grown, st.sampled_from(ATOMS), st.integers(2, 3_000)),
)


@pytest.mark.parametrize("name", sorted(TARGETS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=texts, other=texts)
def test_nothing_raises(name: str, one: str, other: str) -> None:
    TARGETS[name](one, other)


def test_inputs_are_bounded_and_the_same_for_a_seed() -> None:
    made = [some_text(random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert max(map(len, made)) <= MOST
    assert made == [some_text(random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert sum(len(text) > MOST // 2 for text in made) > 60


def test_a_crash_and_a_slow_text_are_found() -> None:
    def crashing(one: str, _: str) -> None:
        if "EUR" in one:
            raise KeyError(one)

    def slow(one: str, _: str) -> None:
        end = time.thread_time() + (0.06 if len(one) > 5_000 else 0)
        while time.thread_time() < end:
            pass

    told = broken(fuzz({"crashing": crashing, "slow": slow}, 60, seed=1))
    assert [line.partition(":")[0] for line in told] == ["crashing", "slow"]


def test_quadratic_time_is_found() -> None:
    def quadratic(one: str, _: str) -> None:
        end = time.thread_time() + 0.02 * (len(one) / 20_000) ** 2
        while time.thread_time() < end:
            pass

    def linear(one: str, _: str) -> None:
        end = time.thread_time() + 0.02 * (len(one) / 20_000)
        while time.thread_time() < end:
            pass

    found = grow({"quadratic": quadratic, "linear": linear}, ["a"])
    assert found["quadratic"][0] > 3 > 2.6 > found["linear"][0]
