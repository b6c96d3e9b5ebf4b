from __future__ import annotations

import pytest

from graphs.judging.same_subject import Standing, same_subject
from graphs.text.roots import content_roots


def same(one: tuple[str, ...], other: tuple[str, ...], text: str, of_days: bool = False) -> bool:
    mine, theirs = (Standing(place[0], place[1:]) for place in (one, other))
    return same_subject(mine, theirs, frozenset(content_roots(text)), text, of_days=of_days)


LIMIT = "Each key may send many requests"


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (("Orders API",), ("Users API",), LIMIT),
        (("Agreement with Northwind",), ("Agreement with Contoso",), "Each invoice is paid in time"),
        (("Office guide Lisbon",), ("Office guide Oslo",), "All employees may park free"),
        (("G2 manual",), ("G3 data sheet",), "The device draws power in use"),
        (("Returns policy",), ("Returns policy Europe",), "Customers may return a gateway"),
        (("Incident 114",), ("Incident 121",), "The second outage lasted long"),
        (("Incident report 2026-02-03",), ("Incident report 2026-04-19",), "The outage lasted long there"),
        (("Handbook", "Leave", "Germany"), ("Handbook", "Leave", "Spain"), "Staff have paid leave days"),
        (("Handbook", "Leave", "Germany"), ("Rules", "Leave", "Spain"), "Staff have paid leave days"),
        (("Kiln", "Temperature"), ("Mill", "Temperature"), "The set point is"),
        (("Kiln", "Use"), ("Mill", "Use"), "It heats several large tiles"),
        (("Cookie models",), ("Cookies in forms",), "This is supported since the last release"),
        (("Release 3.1",), ("Release 3.2",), "The release fixes many open defects"),
    ],
)
def test_places_of_two_subjects(one: tuple[str, ...], other: tuple[str, ...], text: str) -> None:
    assert not same(one, other, text)
    assert not same(other, one, text)


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (("API guide",), ("API reference",), LIMIT),
        (("Travel rules", "Meals"), ("Expense guide", "Allowances"), "The meal allowance in Norway"),
        (("Incident 88",), ("Report on incident 88",), "The outage lasted long there"),
        (("Data sheet T9",), ("Service letter T9",), "The T9 holds much water"),
        (("Admin guide v2.9", "3.1 Logins"), ("Admin guide v2.10", "3.2 Logins"), "Each login ends soon"),
        (("Data sheet, revision A",), ("Data sheet, revision B",), "The cell lasts for years"),
        (("Price list", "Team plan"), ("Price list", "Overview"), "The Team plan costs money"),
        (("Lease", "Term"), ("Property summary", "Lease"), "The lease ends"),
    ],
)
def test_places_that_may_be_of_one(one: tuple[str, ...], other: tuple[str, ...], text: str) -> None:
    assert same(one, other, text)
    assert same(other, one, text)


def test_each_edition_has_days_of_its_own() -> None:
    one, other = ("Firmware 2.4 release notes",), ("Firmware 2.5 release notes",)
    assert same(one, other, "Released for the first gateways")
    assert not same(one, other, "Released for the first gateways", of_days=True)
    assert not same(("Election 1964",), ("Election 1996",), "It was held on Tuesday", of_days=True)
