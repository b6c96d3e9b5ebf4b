from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.facts import facts
from graphs.citing.order import disorder, tokens

PRICES = "The gateway costs 99 EUR and the sensor costs 49 EUR."
NAMES = "Kadri asked Tomasz to call Greta."
RETURNS = "Customers may return any device within 30 days of delivery."


@pytest.mark.parametrize(
    ("claim", "source", "found"),
    [
        (PRICES, PRICES, ""),
        ("The gateway costs 99 EUR.", PRICES, ""),
        ("The gateway costs 49 EUR.", PRICES, "rivals"),
        ("The sensor costs 99 EUR.", PRICES, "rivals"),
        ("Tomasz asked Kadri to call Greta.", NAMES, "rivals"),
        ("Kadri asked Greta.", NAMES, "rivals"),
        ("Within 30 days of delivery, customers may return any device.", RETURNS, ""),
        ("Delivery returns customers within 30 days.", RETURNS, "order"),
        ("Core hours are planned inside core hours.", "Meetings are planned inside core hours.", "order"),
    ],
)
def test_the_order_of_words_tells_what_is_said_of_what(claim: str, source: str, found: str) -> None:
    assert disorder(tokens(facts(claim)), tokens(facts(source))) == found


@given(st.lists(st.sampled_from(PRICES.split() + NAMES.split() + RETURNS.split()), max_size=20))
def test_any_sentence_is_in_its_own_order(words: list[str]) -> None:
    own = tokens(facts(" ".join(words)))
    assert disorder(own, own) == ""
