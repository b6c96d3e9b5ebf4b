"""Our few lines of metrics against ir-measures, and the edges it does not define."""

from __future__ import annotations

import random

import ir_measures
import numpy as np
import pytest

from evals.metrics.retrieval import ndcg, paired_interval, ranking, recall, reciprocal_rank
from evals.metrics.spans import GoldSpan, gold_ranking

Run = dict[str, dict[str, float]]
Qrels = dict[str, dict[str, int]]


def _made_up(seed: int) -> tuple[Run, Qrels]:
    """Forty questions over 300 documents with graded judgements, some of them 0, and no equal scores."""
    source = random.Random(seed)  # noqa: S311 - not a secret
    run: Run = {}
    qrels: Qrels = {}
    for question in (f"q{n}" for n in range(40)):
        documents = [f"d{n}" for n in range(300)]
        judged = source.sample(documents, source.randint(2, 60))
        qrels[question] = {document: source.choice([0, 1, 1, 2, 4]) for document in judged}
        qrels[question][judged[0]] = 1
        found = source.sample(documents, source.choice([0, 5, 120, 200]))
        run[question] = dict(zip(found, _distinct(source, found), strict=True))
    return run, qrels


def _distinct(source: random.Random, found: list[str]) -> list[float]:
    scores = [float(n) for n in range(1, len(found) + 1)]
    source.shuffle(scores)
    return scores


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_question_scores_as_in_ir_measures(seed: int) -> None:
    run, qrels = _made_up(seed)
    measures = [ir_measures.nDCG @ 10, ir_measures.R @ 10, ir_measures.R @ 100, ir_measures.RR]
    theirs = {
        (one.query_id, str(one.measure)): one.value for one in ir_measures.iter_calc(measures, qrels, run)
    }
    for question, scores in run.items():
        ranked, grades = ranking(scores), qrels[question]
        assert ndcg(ranked, grades) == pytest.approx(theirs[question, "nDCG@10"], abs=1e-9)
        assert recall(ranked, grades, 10) == pytest.approx(theirs[question, "R@10"], abs=1e-9)
        assert recall(ranked, grades, 100) == pytest.approx(theirs[question, "R@100"], abs=1e-9)
        assert reciprocal_rank(ranked, grades) == pytest.approx(theirs[question, "RR"], abs=1e-9)
    assert len(theirs) == 4 * len(run)


def test_rankings_of_gold_spans_score_as_in_ir_measures() -> None:
    """Any library's measures can be taken of them: each gold span is one relevant document."""
    chance = random.Random(4)  # noqa: S311 - not a secret
    version = "0123456789abcdef"
    for _ in range(50):
        places = [GoldSpan(version, at * 50, at * 50 + 50) for at in chance.sample(range(40), 25)]
        gold = [GoldSpan(version, start, start + 30) for start in chance.sample(range(0, 1900), 3)]
        ranked = gold_ranking(places, gold)
        qrels = {"q": {f"gold-{n}": 1 for n in range(3)}}
        run = {"q": {key: float(-rank) for rank, key in enumerate(ranked)}}
        measures = [ir_measures.nDCG @ 10, ir_measures.R @ 20, ir_measures.RR]
        theirs = {str(m): value for m, value in ir_measures.calc_aggregate(measures, qrels, run).items()}
        assert ndcg(ranked, qrels["q"]) == pytest.approx(theirs["nDCG@10"])
        assert recall(ranked, qrels["q"], 20) == pytest.approx(theirs["R@20"])
        assert reciprocal_rank(ranked, qrels["q"]) == pytest.approx(theirs["RR"])


def test_a_perfect_ranking_scores_one_and_the_reverse_less() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1.0
    assert 0 < ndcg(["c", "b", "a"], grades) < 1.0
    assert ndcg(["x"] * 10 + ["a"], grades) == 0.0


def test_a_grade_counts_linearly() -> None:
    # With exponential gain the second would be (3 / log2(3) + 1) / (3 + 1 / log2(3)).
    expected = (1 + 2 / np.log2(3)) / (2 + 1 / np.log2(3))
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx(expected)


def test_nothing_relevant_scores_zero() -> None:
    assert ndcg(["a"], {"a": 0}) == 0.0
    assert recall(["a"], {"a": 0}, 10) == 0.0
    assert ndcg([], {"a": 1}) == 0.0


def test_ties_do_not_depend_on_the_order_they_come_in() -> None:
    assert (
        ranking({"b": 0.5, "a": 0.5, "c": 0.7}) == ranking({"c": 0.7, "a": 0.5, "b": 0.5}) == ["c", "a", "b"]
    )


def test_the_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    source = np.random.default_rng(7)
    first, second = source.normal(0.6, 0.2, 400), source.normal(0.5, 0.2, 400)
    low, high = paired_interval(list(first), list(second))
    mean = float(np.mean(first - second))
    assert low < mean < high
    # A normal approximation of the same interval: they must agree closely at this many questions.
    half = 1.96 * float(np.std(first - second)) / 20
    assert (low, high) == pytest.approx((mean - half, mean + half), abs=0.003)
    assert paired_interval(list(first), list(second)) == (low, high)


def test_the_interval_is_paired() -> None:
    # Questions differ greatly, the two runs always by the same: unpaired, the interval would be wide.
    base = list(np.linspace(0, 0.9, 50))
    low, high = paired_interval([value + 0.1 for value in base], base)
    assert (low, high) == pytest.approx((0.1, 0.1))
