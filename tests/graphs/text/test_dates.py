from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.text.dates import dates

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
SPELLINGS = ["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%d.%m.%Y"]


@given(DAYS, st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
def test_a_day_is_the_same_in_every_spelling(day: date, one: str, other: str) -> None:
    (first,) = dates(f"from {day.strftime(one)} on")
    (second,) = dates(f"({day.strftime(other)})")
    assert first.stated_by(second)


@given(DAYS, DAYS, st.sampled_from(SPELLINGS[:4]), st.sampled_from(SPELLINGS[:4]))
def test_another_day_is_another_in_every_spelling(day: date, other: date, one: str, two: str) -> None:
    (first,) = dates(day.strftime(one))
    (second,) = dates(other.strftime(two))
    assert first.stated_by(second) == (day == other)


@pytest.mark.parametrize(
    ("claim", "source", "stated"),
    [
        ("in March 2026", "on 1 March 2026", True),
        ("on 1 March 2026", "in March 2026", False),
        ("on 1 March", "on 1 March 2026", True),
        ("the 5th of May, 2027", "2027-05-05", True),
        ("3/4/2026", "4 March 2026", True),
        ("13/4/2026", "13 April 2026", True),
    ],
)
def test_a_claim_may_say_less_than_its_source_and_never_more(claim: str, source: str, stated: bool) -> None:
    assert dates(claim)[0].stated_by(dates(source)[0]) is stated


@pytest.mark.parametrize("text", ["you may 5 times", "version 2.4.1", "on the 5th floor", "12-34-5678", ""])
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates(text) == ()
