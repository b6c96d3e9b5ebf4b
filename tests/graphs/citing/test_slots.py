from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.citing.facts import facts
from graphs.citing.slots import exchanged, is_close
from graphs.citing.verdict import Cited, check_claim

SOURCE = "In June the Team plan replaced the Solo plan in Belgium and Estonia after 14 days."


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("In June the Solo plan replaced the Team plan in Belgium and Estonia after 14 days.", "Solo"),
        ("In June the Team plan replaced the Solo plan in Belgium and Latvia after 14 days.", "Latvia"),
        ("In June the Team plan replaced the Solo plan in Belgium and Estonia after 15 days.", "15 days"),
    ],
)
def test_a_value_in_anothers_place_is_found(claim: str, said: str) -> None:
    assert said in [mine for mine, _ in exchanged(facts(claim), facts(SOURCE)) or []]
    assert check_claim(claim, [Cited(SOURCE)])[0] == "unsupported"


@pytest.mark.parametrize(
    "claim",
    [
        SOURCE,
        "In June the Team plan replaced the Solo plan in Estonia and Belgium after 14 days.",
        "In June the Team plan replaced the Solo plan in Belgium and Estonia after two weeks.",
    ],
)
def test_the_same_values_are_no_exchange(claim: str) -> None:
    assert not exchanged(facts(claim), facts(SOURCE))


def test_a_sentence_put_otherwise_is_not_compared_place_by_place() -> None:
    assert exchanged(facts("Solo was followed by Team."), facts(SOURCE)) is None
    assert not is_close(facts("Solo was followed by Team."), facts(SOURCE))


def test_another_sentence_of_the_source_may_have_the_value() -> None:
    source = "The Team plan costs 49 EUR. The Solo plan costs 19 EUR."
    assert check_claim("The Solo plan costs 19 EUR.", [Cited(source)])[0] == "verified"
    assert check_claim("The Solo plan costs 49 EUR.", [Cited(source)])[0] == "unsupported"


@given(st.lists(st.sampled_from(["plan", "G2", "7", "the", "Team", "and"]), min_size=1, max_size=8))
@settings(max_examples=10)
def test_repetition_does_not_hold_the_checks_up(tokens: list[str]) -> None:
    """Time grew with the cube of what repeats: the last of these took hours."""
    text = " ".join((tokens * 1500)[:1500])
    check_claim(text, [Cited(f"{text} again")])
