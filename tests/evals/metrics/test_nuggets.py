"""What counts as saying a fact."""

from __future__ import annotations

import pytest

from evals.datasets.nuggets import derive
from evals.metrics.nuggets import nugget_recall, quantity_recall
from evals.metrics.words import tokens


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("within thirty days of delivery", "30 days"),
        ("within 30 day's notice", "30 days"),
        ("It costs €62.00.", "EUR 62"),
        ("Unit: piece; Price EUR: 62.00", "EUR 62"),
        ("on March 31st, 2026", "31 March 2026"),
        ("by 2026-03-31", "31 March 2026"),
        ("1,250 rows", "1250 rows"),
        ("twenty-four hours", "24 hours"),
        ("99.90 per cent", "99.9 %"),
        ("the doctor’s note", "doctor's note"),
        ("at 07:30", "07:30"),
    ],
)
def test_the_same_fact_in_other_spellings(said: str, wording: str) -> None:
    assert nugget_recall(said, [[wording]]) == 1


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("within 300 days", "30 days"),
        ("within 30 minutes", "30 days"),
        ("USD 62", "EUR 62"),
        ("31 March 2025", "31 March 2026"),
        ("1.25 rows", "125 rows"),
        ("no longer than that, you may return it", "may not return"),
        ("10.5 hours", "10 hours"),
    ],
)
def test_other_facts_are_not_it(said: str, wording: str) -> None:
    assert nugget_recall(said, [[wording]]) == 0


def test_one_wording_of_each_fact_is_enough() -> None:
    assert nugget_recall("Take the train.", [["by train", "take the train"], ["6 hours"]]) == 0.5
    assert nugget_recall("anything", []) is None


def test_numbers_dates_and_units_are_measured_apart() -> None:
    nuggets = [["EUR 540"], ["30 days"], ["1 May 2026"]]
    said = "It was 540 dollars on 1 May 2026, within 30 days."
    assert quantity_recall(said, nuggets, "number") == 1
    assert quantity_recall(said, nuggets, "unit") == 0.5
    assert quantity_recall(said, nuggets, "date") == 1
    assert quantity_recall(said, [["Gannet"]], "number") is None


def test_a_date_without_year_is_met_by_one_with_a_year_but_not_the_other_way_round() -> None:
    assert quantity_recall("on 31 March 2027", [["31 March"]], "date") == 1
    assert quantity_recall("on 31 March", [["31 March 2027"]], "date") == 0


def test_a_number_within_a_date_is_no_number() -> None:
    assert quantity_recall("on 30 June 2026", [["30"]], "number") == 0


def test_a_wrong_day_stays_as_it_is_written() -> None:
    assert tokens("99 May 2026") == ["99", "may", "2026"]


def test_nuggets_by_rule_leave_asides_out() -> None:
    assert derive("EUR 0.43 (USD 0.70 per mile).") == [["eur 0.43"]]
    assert derive("Gannet.") == []
