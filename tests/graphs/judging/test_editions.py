from __future__ import annotations

import pytest

from graphs.judging.editions import edition_rank, is_newer, without_edition


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Admin guide v2.9", "Admin guide v2.10"),
        ("Travel policy 2024", "Travel policy 2026"),
        ("Handbook (2023 edition)", "Handbook (2025 edition)"),
        ("Retention policy, version 3", "Retention policy, version 4"),
        ("Safety rules rev. 7", "Safety rules rev. 8"),
        ("Data sheet, revision A", "Data sheet, revision B"),
    ],
)
def test_titles_of_editions(older: str, newer: str) -> None:
    assert without_edition(older) == without_edition(newer)
    assert edition_rank(older) < edition_rank(newer)
    assert is_newer(newer, {}, older, {})
    assert not is_newer(older, {}, newer, {})


def test_what_a_document_says_of_itself_goes_before_its_title() -> None:
    assert is_newer("Guide v1", {"date": "2026-02-01"}, "Guide v2", {"date": "2025-02-01"})
    assert is_newer("Guide", {"version": "2.10"}, "Guide", {"version": "2.9"})
    assert not is_newer("Guide", {"status": "superseded"}, "Guide", {})


def test_titles_of_two_documents_say_nothing_of_age() -> None:
    assert not is_newer("Travel policy 2026", {}, "Price list 2024", {})


@pytest.mark.parametrize("date", ["2099-01-01", "2099", "2026-12", "2026-11-30"])
def test_what_is_dated_later_than_today_is_not_in_force_yet(date: str) -> None:
    then, now = {"date": date, "version": "999"}, {"date": "2025-02-01"}
    assert not is_newer("Guide", then, "Guide", now, today="2026-11-29")
    assert is_newer("Guide", now, "Guide", then, today="2026-11-29")
    assert is_newer("Guide", {"date": "2026-11-29T08:00"}, "Guide", now, today="2026-11-29")
