"""Citations against gold."""

from __future__ import annotations

from evals.metrics.citations import citation_f1, citation_precision, citation_recall, verbatim_claims
from evals.metrics.spans import GoldSpan

V = "0123456789abcdef"


def test_a_citation_of_more_than_the_gold_is_right_and_of_its_neighbour_wrong() -> None:
    gold = [GoldSpan(V, 100, 150)]
    assert citation_precision([GoldSpan(V, 80, 200), GoldSpan(V, 150, 220)], gold) == 0.5
    assert citation_recall([GoldSpan(V, 80, 200)], gold) == 1


def test_touching_the_gold_is_not_citing_it() -> None:
    assert citation_precision([GoldSpan(V, 0, 110)], [GoldSpan(V, 100, 150)]) == 0


def test_every_gold_span_is_wanted() -> None:
    gold = [GoldSpan(V, 0, 10), GoldSpan(V, 50, 60)]
    assert citation_recall([GoldSpan(V, 0, 10)], gold) == 0.5
    assert citation_f1([GoldSpan(V, 0, 10)], gold) == 2 / 3


def test_nothing_cited_and_nothing_to_cite() -> None:
    gold = [GoldSpan(V, 0, 10)]
    assert (citation_precision([], gold), citation_recall([], gold), citation_f1([], gold)) == (None, 0, 0)
    assert (citation_precision([GoldSpan(V, 0, 10)], []), citation_f1([GoldSpan(V, 0, 10)], [])) == (0, None)


def test_a_sentence_is_verbatim_when_its_words_stand_together_in_its_own_quote() -> None:
    claims = [
        {"text": "The fee is EUR 30.", "citations": [1]},
        {"text": "The fee is EUR 30.", "citations": [2]},
        {"text": "EUR 30 is the fee.", "citations": [1]},
    ]
    assert verbatim_claims(claims, {1: "Note: the fee is EUR 30.00.", 2: "No fee."}) == 1 / 3
