"""Rows of tables contradict each other where they have the same label and one cell apart."""

from __future__ import annotations

import pytest

from graphs.judging.row_values import other_value


@pytest.mark.parametrize(
    ("mine", "other", "apart"),
    [
        ("Year: 2022; Ducks: 170", "2022; Ducks: 175", ["170", "175"]),
        ("Plan: Team; Price: 49 EUR", "Plan: Team; Price: 59 EUR", ["49 EUR", "59 EUR"]),
        ("Plan: Team; Price: 49 EUR", "Plan: Solo; Price: 59 EUR", None),
        ("2022; Ducks: 170; Geese: 130", "2024; Ducks: 180; Geese: 130", None),
        ("Plan: Team; Price: 49 EUR; Seats: 5", "Plan: Team; Price: 59 EUR; Seats: 9", None),
        ("Plan: Team; Price: 49 EUR", "Plan: Team; Fee: 59 EUR", None),
        ("Plan: Team; Price: on request", "Plan: Team; Price: 59 EUR", None),
        ("Team", "Team", None),
    ],
)
def test_other_value(mine: str, other: str, apart: list[str] | None) -> None:
    found = other_value(mine, other)
    assert (None if found is None else list(found[0])) == apart
