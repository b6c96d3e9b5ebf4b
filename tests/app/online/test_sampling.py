"""Sampling: what went wrong is always taken, and the weighted mean is of all answers."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from app.observability.answer_sampling import sampled, weighted_mean
from tests.support.finished_answers import finished

PLAIN = finished(guards=[])


def answers() -> list[dict[str, Any]]:
    """A third abstained, and their value is another than that of the rest."""
    return [
        {**PLAIN, "id": f"{n:016x}", "status": "abstained" if n % 3 == 0 else "answered"} for n in range(300)
    ]


def value(answer: dict[str, Any]) -> float:
    return 0.2 if answer["status"] == "abstained" else 0.7 + (int(answer["id"], 16) % 5) / 20


def test_the_weighted_mean_is_unbiased_and_the_plain_one_is_not() -> None:
    every = answers()
    true = statistics.fmean(map(value, every))
    weighted, plain = [], []
    for seed in range(400):
        taken = [one for answer in every if (one := sampled(answer, 0.1, f"seed {seed}"))]
        values = [(one, value(dict(one.answer))) for one in taken]
        weighted.append(weighted_mean(values, len(every)))
        plain.append(statistics.fmean(one for _, one in values))
    error = statistics.stdev(weighted) / len(weighted) ** 0.5
    assert abs(statistics.fmean(weighted) - true) < 4 * error
    assert error < 0.01
    assert abs(statistics.fmean(plain) - true) > 0.1


def test_what_went_wrong_is_always_taken_and_counts_once() -> None:
    for given, why in (
        (dict(PLAIN, status="abstained"), "abstained"),
        (finished(), "guard"),
        (finished(guards=[{"runs": [{"guard": "x", "action": "allow", "fault": "slow"}]}]), "guard"),
    ):
        taken = sampled(given, 1e-9, "s")
        assert taken is not None
        assert (taken.why, taken.weight) == (why, 1.0)
    disliked = sampled(PLAIN, 1e-9, "s", thumbs_down=True)
    assert disliked is not None
    assert disliked.why == "thumbs down"
    assert sampled(PLAIN, 1e-9, "s") is None


def test_the_same_seed_takes_the_same_and_a_larger_share_more() -> None:
    def taken(share: float, seed: str) -> set[str]:
        return {str(one["id"]) for one in answers() if sampled(one, share, seed)}

    assert taken(0.2, "a") == taken(0.2, "a") != taken(0.2, "b")
    assert taken(0.2, "a") < taken(0.5, "a") < taken(1.0, "a")
    assert len(taken(1.0, "a")) == 300


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, float("nan")])
def test_shares_that_there_are_not_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        sampled(PLAIN, share, "s")
    with pytest.raises(ValueError, match="one answer"):
        weighted_mean([], 0)
