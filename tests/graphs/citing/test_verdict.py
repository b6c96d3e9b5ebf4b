from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.verdict import Checks, Cited, Verdict
from graphs.citing.verdict import check_claim as check


def check_claim(
    claim: str, quotes: list[str], *, context: tuple[str, ...] = (), question: str = ""
) -> tuple[Verdict, Checks]:
    return check(claim, [Cited(quote, context) for quote in quotes], question=question)


FACTS = [
    "Customers return devices within 30 days.",
    "The refund is paid within 14 days after Nordia has the parcel.",
    "The G2 gateway has a warranty of 24 months.",
    "Support answers in 4 hours on working days.",
]


@given(st.sampled_from(FACTS), st.integers(0, 9999))
def test_a_changed_number_is_unsupported(fact: str, other: int) -> None:
    number = next(word for word in fact.split() if word.isdigit())
    verdict, checks = check_claim(fact.replace(number, str(other)), [fact])
    if str(other) == number:
        assert verdict == "verified"
    else:
        assert verdict == "unsupported"
        assert checks.missing_numbers == [str(other)]


@pytest.mark.parametrize("fact", FACTS)
def test_a_sentence_of_the_source_is_verified(fact: str) -> None:
    assert check_claim(fact, [fact])[0] == "verified"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Opened software is not refunded.", "Opened software is refunded."),
        ("Opened software is refunded.", "Opened software is not refunded."),
        ("Opened software cannot be refunded.", "Opened software can be refunded."),
        ("Opened software isn’t refunded.", "Opened software is refunded."),
        ("Software is refunded without a receipt.", "Software is refunded with a receipt."),
    ],
)
def test_an_added_or_dropped_negation_is_not_verified(claim: str, quote: str) -> None:
    verdict, checks = check_claim(claim, [quote])
    assert verdict != "verified"
    assert not checks.negation_agrees


def test_a_negation_that_no_quote_has_is_not_verified_with_several_quotes_either() -> None:
    quotes = ["Opened software is refunded.", "The refund is paid."]
    assert check_claim("Opened software is not refunded.", quotes)[0] == "unsupported"


def test_one_of_several_quotes_may_be_negated() -> None:
    quotes = ["Opened software is not refunded.", "Closed software is refunded."]
    assert check_claim("Closed software is refunded.", quotes)[0] == "verified"
    assert check_claim("Opened software is not refunded.", quotes)[0] == "verified"


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ("The refund is paid within 14 days after Globex has the parcel.", ["Globex"]),
        ("Globex pays the refund within 14 days after Nordia has the parcel.", ["Globex"]),
        ("The refund is paid within 14 days after NASA has the parcel.", ["NASA"]),
    ],
)
def test_an_unknown_name_is_not_verified(claim: str, names: list[str]) -> None:
    verdict, checks = check_claim(claim, [FACTS[1]])
    assert verdict != "verified"
    assert checks.missing_names == names


def test_headings_may_name_what_the_sentence_is_about_and_the_question_only_in_part() -> None:
    claim = "In Norway the refund is paid within 14 days after Nordia has the parcel."
    assert check_claim(claim, [FACTS[1]], context=("Refunds in Norway",))[0] == "verified"
    verdict, checks = check_claim(claim, [FACTS[1]], question="When is a refund paid in Norway?")
    assert verdict == "partial"
    assert checks.missing_names == ["Norway"]
    assert check_claim(claim, [FACTS[1]])[0] == "unsupported"


@pytest.mark.parametrize("opening", ["However, the", "According to the page, the", "Yes, the", "The"])
def test_the_word_that_opens_a_sentence_names_nobody(opening: str) -> None:
    claim = f"{opening} refund is paid within 14 days after Nordia has the parcel."
    assert check_claim(claim, [FACTS[1]])[1].missing_names == []


@pytest.mark.parametrize("quote", ["the", "days", "a", "The G2"])
def test_a_trivial_quote_proves_nothing_even_under_a_telling_heading(quote: str) -> None:
    claim = "The returns of devices by customers are accepted."
    verdict, checks = check_claim(claim, [quote], context=("Returns of devices by customers are accepted",))
    assert verdict == "unsupported"
    assert checks.containment == 1.0
    assert checks.quoted == 0.0


def test_headings_may_supply_the_rest_of_a_row() -> None:
    verdict, _ = check_claim(
        "The Team plan costs 49 EUR.",
        ["49 EUR"],
        context=(
            "Price list",
            "Team plan cost",
        ),
    )
    assert verdict == "verified"


@pytest.mark.parametrize("claim", ["", "It is.", "You can.", "They are not."])
def test_a_claim_that_says_nothing_is_unsupported(claim: str) -> None:
    assert check_claim(claim, FACTS)[0] == "unsupported"


def test_no_quote_no_support() -> None:
    verdict, checks = check_claim(FACTS[0], [])
    assert verdict == "unsupported"
    assert not checks.quote


def test_half_of_a_claim_is_partial() -> None:
    claim = "Customers return devices within 30 days and employees keep uniforms."
    assert check_claim(claim, [FACTS[0]])[0] == "partial"


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_shares_are_shares_and_verified_needs_every_check(claim: str, quotes: list[str]) -> None:
    verdict, checks = check_claim(claim, quotes)
    assert 0.0 <= checks.quoted <= checks.containment <= 1.0
    if verdict == "verified":
        assert not checks.missing_numbers
        assert not checks.missing_names
        assert checks.negation_agrees


def test_the_unit_over_a_column_is_the_unit_as_it_is_written() -> None:
    table = "| Load in mW | Name |\n|---|---|\n| 5 | idle draw of the relay |"
    row = table.index("| 5")
    right, wrong = (
        check("The idle draw of the relay has a load of 5 " + unit, [Cited(table, (), row)])[1].rules
        for unit in ("mW", "MW")
    )
    assert "number-unit" not in right
    assert "number-unit" in wrong
