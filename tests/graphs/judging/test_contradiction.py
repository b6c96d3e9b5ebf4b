from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.citing.facts import facts
from graphs.judging.contradiction import contradiction

SENTENCES = (
    "The oven runs for 14 hours.",
    "The oven runs for 18 hours.",
    "The oven does not run for 18 hours.",
    "The mill runs for 18 hours.",
    "The G2 gateway draws 12 watts.",
    "The client needs server version 2.10.",
    "The client needs server version 2.9.",
    "The beta starts on 4 May 2026.",
    "The contract is governed by the law of Denmark.",
)


@pytest.mark.parametrize(
    ("one", "other", "why", "kind"),
    [
        ("Full leave is 25 days.", "Full leave is 28 days.", "25 days and 28 days", "number"),
        ("Press opens on 4 May 2026.", "Press opens on 18 May 2026.", "4 May 2026 and 18 May 2026", "date"),
        ("The park opened in 1884.", "The park opened in 1891.", "1884 and 1891", "date"),
        ("Tenants may keep pets.", "Tenants may not keep pets.", "one of them denies it", "denial"),
        ("Overtime is paid here.", "Overtime is never paid here.", "one of them denies it", "denial"),
        (
            "The contract is governed by the law of Denmark.",
            "The contract is governed by the law of Sweden.",
            "Denmark and Sweden",
            "name",
        ),
        ("The client needs server 2.10.", "The client needs server 2.9.", "2.10 and 2.9", "number"),
        ("The client needs Server 2.10.", "The client needs Server 2.1.", "2.10 and 2.1", "number"),
        ("Extra storage costs 5 EUR.", "Extra storage costs 5 USD.", "5 EUR and 5 USD", "number"),
    ],
)
def test_another_value_of_the_same_attribute(one: str, other: str, why: str, kind: str) -> None:
    assert contradiction(facts(one), facts(other)) == (why, kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The kiln runs at 90 bar.", "The mill runs at 80 bar."),  # another subject
        ("Pilots of class U are 16.", "Pilots of class Y are 18."),
        ("The G2 gateway draws 12 watts.", "The G3 gateway draws 18 watts."),
        ("The fee in Norway is 85 EUR.", "The fee in Portugal is 55 EUR."),
        ("The lease begins on 1 May 2024.", "The lease ends on 31 May 2028."),  # another attribute
        ("Staff need at least 2 years.", "Staff need at most 5 years."),
        ("The read timeout is 90 seconds.", "The read timeout is 1.5 minutes."),  # the same
        ("The firm has 1,024 staff.", "The firm has about 1,000 staff."),
        ("The client needs Server 15.", "The client needs Server 15.4."),
        ("The firm opens in May 2026.", "The firm opens on 4 May 2026."),
        ("Data are stored in Frankfurt and Dublin.", "Data are stored in Dublin and Frankfurt."),
        ("Overtime is paid at 125 %.", "On Sundays overtime is paid at 150 %."),  # a case
        ("Staff may fly business.", "Staff may not fly business unless the head agrees."),
        ("The limit was 60 EUR a night.", "The limit is 70 EUR a night."),  # a time
        ("As of May 2026 the top user is Ann.", "As of July 2026 the top user is Ann."),
        ("In 2024 revenue was 41 million EUR.", "In 2025 revenue was 47 million EUR."),
        ("Ann Holm approved the budget.", "Tom Fischer approved the budget."),  # both may
        ("Each user can only see their threads.", "Users can't see other users' threads."),
        ("Why let it think at length?", "Why not let it think at length?"),
        ("( August 2013 ) Learn how to remove this", "( July 2014 ) Learn how to remove this"),
        ("Requires `langsmith>=0.2.0`", "Requires `langsmith>=0.3.13`"),  # labels and code
        ('{"name": "Foo", "price": 45.2}', '{"name": "Foo", "price": 50.2}'),
    ],
)
def test_what_both_may_say(one: str, other: str) -> None:
    assert contradiction(facts(one), facts(other)) is None


def test_a_heading_lends_what_the_sentence_leaves_out() -> None:
    one, other = "The pump runs at 6 bar.", "The pump P-17 runs at 8 bar."
    assert contradiction(facts(one), facts(other)) is None
    assert contradiction(facts(one, ["Pump P-17 manual"]), facts(other)) == ("6 bar and 8 bar", "number")


@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_it_is_the_same_both_ways_round(one: str, other: str) -> None:
    there, back = contradiction(facts(one), facts(other)), contradiction(facts(other), facts(one))
    assert (there is None) == (back is None)
    if one == other:
        assert there is None
