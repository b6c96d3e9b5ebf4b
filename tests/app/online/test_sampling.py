"""Sampling: what went wrong is always taken, and the weighted mean is of all answers."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.online.sampling import judged_share, taken, weighted_mean
from app.online.store import CheckedAnswer


def answer(number: int, *, disliked: bool = False, **checks: float) -> CheckedAnswer:
    return CheckedAnswer(number, f"{number:016x}", checks or {"answered": 1.0}, None, "", disliked)


def answers() -> list[CheckedAnswer]:
    """A third abstained, and their value is another than that of the rest."""
    return [answer(n, abstained=1.0) if n % 3 == 0 else answer(n) for n in range(300)]


def value(one: CheckedAnswer) -> float:
    return 0.2 if one.checks.get("abstained") else 0.7 + (one.number % 5) / 20


def test_the_weighted_mean_is_unbiased_and_the_plain_one_is_not() -> None:
    every = answers()
    true = statistics.fmean(map(value, every))
    weighted, plain = [], []
    for seed in range(400):
        those = [found for one in every if (found := taken(one, 0.1, f"seed {seed}"))]
        values = [(one, value(one.answer)) for one in those]
        weighted.append(weighted_mean(values, len(every)))
        plain.append(statistics.fmean(one for _, one in values))
    error = statistics.stdev(weighted) / len(weighted) ** 0.5
    assert abs(statistics.fmean(weighted) - true) < 4 * error
    assert error < 0.01
    assert abs(statistics.fmean(plain) - true) > 0.1


@settings(max_examples=15, deadline=None)
@given(
    share=st.sampled_from([0.05, 0.2, 0.5]),
    bad=st.floats(0.05, 0.6),
    passing=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)),
    kind=st.sampled_from(["disliked", "abstained", "guard"]),
)
def test_the_estimate_is_unbiased_whatever_share_goes_wrong(
    share: float, bad: float, passing: tuple[float, float], kind: str
) -> None:
    """Over seeds, for a made-up population in which those that went wrong are judged otherwise."""
    every, said = [], {}
    for number in range(400):
        wrong = (number * 0.61803398875) % 1 < bad
        checks = {"answered": 1.0} if kind == "disliked" else {kind: float(wrong)}
        one = answer(number, disliked=wrong and kind == "disliked", **checks)
        every.append(one)
        said[one.id] = (number * 0.7548776662) % 1 < passing[not wrong]
    true = statistics.fmean(said.values())
    found = [judged_share(every, said, share, f"s{seed}") for seed in range(150)]
    shares = [one.share for one in found if one is not None]
    if max(shares) < 1:  # one that is cut to 1 would be too small
        error = statistics.stdev(shares) / len(shares) ** 0.5
        assert abs(statistics.fmean(shares) - true) < 5 * error + 1e-9


def test_what_went_wrong_is_always_taken_and_counts_once() -> None:
    for one, why in (
        (answer(1, abstained=1.0), "abstained"),
        (answer(1, guard=1.0), "guard"),
        (answer(1, disliked=True), "thumbs down"),
    ):
        found = taken(one, 1e-9, "s")
        assert found is not None
        assert (found.why, found.weight) == (why, 1.0)
    assert taken(answer(1), 1e-9, "s") is None


def test_one_that_was_drawn_and_is_disliked_later_counts_once() -> None:
    drawn = next(one for one in answers() if (found := taken(one, 0.1, "s")) and found.weight > 1)
    later = CheckedAnswer(drawn.number, drawn.id, drawn.checks, None, "", True)
    found = taken(later, 0.1, "s")
    assert found is not None
    assert found.weight == 1.0


def test_the_same_seed_takes_the_same_and_a_larger_share_more() -> None:
    def those(share: float, seed: str) -> set[str]:
        return {one.id for one in answers() if taken(one, share, seed)}

    assert those(0.2, "a") == those(0.2, "a") != those(0.2, "b")
    assert those(0.2, "a") < those(0.5, "a") < those(1.0, "a")
    assert len(those(1.0, "a")) == 300


def test_what_is_not_judged_yet_is_said_and_stood_for() -> None:
    every = [answer(n) for n in range(200)]
    drawn = [one for one in every if taken(one, 0.5, "s")]
    said = {one.id: number % 2 == 0 for number, one in enumerate(drawn[:40])}
    found = judged_share(every, said, 0.5, "s")
    assert found is not None
    assert (found.share, found.judged, found.taken, found.population) == (0.5, 40, len(drawn), 200)
    assert 0.3 < found.low < 0.5 < found.high < 0.7
    assert judged_share(every, {}, 0.5, "s") is None
    assert judged_share(every, {drawn[0].id: None}, 0.5, "s") is None


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, float("nan")])
def test_shares_that_there_are_not_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        taken(answer(1), share, "s")
    with pytest.raises(ValueError, match="one answer"):
        weighted_mean([], 0)
