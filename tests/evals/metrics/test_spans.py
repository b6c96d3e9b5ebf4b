"""Gold spans in rankings: the same whatever passages a document was cut into."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.retrieval import ndcg, recall
from evals.metrics.spans import GoldSpan, covered, found_share, gold_ranking, within_characters

V = "0123456789abcdef"
OTHER = "fedcba9876543210"
GRADES = {"gold-0": 1, "gold-1": 1}


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[GoldSpan], list[GoldSpan]]:
    """Passages that do not overlap, in any order, and two gold spans."""
    bounds = sorted(draw(st.sets(st.integers(0, 400), min_size=3, max_size=12)))
    places = [GoldSpan(V, a, b) for a, b in pairwise(bounds)]
    starts = draw(st.tuples(st.integers(0, 380), st.integers(0, 380)))
    return draw(st.permutations(places)), [GoldSpan(V, start, start + 20) for start in starts]


@given(rankings())
def test_cutting_passages_in_two_changes_no_share_of_characters(
    made: tuple[list[GoldSpan], list[GoldSpan]],
) -> None:
    places, gold = made
    halves = [
        half
        for p in places
        for half in (GoldSpan(V, p.start, (p.start + p.end) // 2), GoldSpan(V, (p.start + p.end) // 2, p.end))
    ]
    assert found_share(halves, gold) == found_share(places, gold)
    for budget in (50, 200, 1000):
        assert within_characters(halves, gold, budget) == within_characters(places, gold, budget)


@given(rankings())
def test_a_gold_span_is_found_once_and_the_ranking_is_never_better_than_ideal(
    made: tuple[list[GoldSpan], list[GoldSpan]],
) -> None:
    places, gold = made
    ranking = gold_ranking(places, gold)
    assert len(ranking) == len(set(ranking))
    assert 0 <= ndcg(ranking, GRADES) <= 1 + 1e-12
    assert recall(ranking, GRADES, 1000) == found_share(places, gold)


def test_smaller_passages_of_the_gold_do_not_push_it_down() -> None:
    gold = [GoldSpan(V, 0, 100)]
    whole = [GoldSpan(OTHER, 0, 50), GoldSpan(V, 0, 100)]
    parts = [GoldSpan(OTHER, 0, 50), GoldSpan(V, 0, 40), GoldSpan(V, 40, 100)]
    assert ndcg(gold_ranking(whole, gold), {"gold-0": 1}) == ndcg(gold_ranking(parts, gold), {"gold-0": 1})


def test_less_than_half_of_the_gold_is_not_it() -> None:
    gold = [GoldSpan(V, 0, 100)]
    assert found_share([GoldSpan(V, 0, 49)], gold) == 0
    assert found_share([GoldSpan(V, 0, 50)], gold) == 1
    assert found_share([GoldSpan(V, 0, 30), GoldSpan(V, 80, 100)], gold) == 1


def test_another_version_is_another_text() -> None:
    assert covered(GoldSpan(V, 0, 10), [GoldSpan(OTHER, 0, 10)]) == 0
    assert covered(GoldSpan(V + "0" * 48, 0, 10), [GoldSpan(V, 0, 10)]) == 1
    assert covered(GoldSpan(V, 0, 10), [GoldSpan("", 0, 10)]) == 0


def test_the_last_passage_counts_up_to_the_end_of_the_budget() -> None:
    assert within_characters([GoldSpan(OTHER, 0, 90), GoldSpan(V, 0, 20)], [GoldSpan(V, 0, 20)], 100) == 0.5
