"""A claim that differs from its source only in a mark is never verified."""

from __future__ import annotations

import pytest

from graphs.citing.verdict import Cited, check_claim

PAIRS = [
    ("The cold room is kept at 18 °C.", "The cold room is kept at -18 °C."),
    ("The cold room is kept at -18 °C.", "The cold room is kept at 18 °C."),
    ("The cold room is kept at 18 °C.", "The cold room is kept at −18 °C."),
    ("The deposit is 5 € a day.", "The deposit is $5 a day."),
    ("The deposit is £5 a day.", "The deposit is €5 a day."),
    ("The current stays > 5 mA.", "The current stays < 5 mA."),
    ("The current stays ≤ 5 mA.", "The current stays ≥ 5 mA."),
    ("The C# course is in spring.", "The C++ course is in spring."),
    ("The C course is in spring.", "The C++ course is in spring."),
    ("The F# course is in spring.", "The F course is in spring."),
    ("It needs release 4.1 at least.", "It needs release 4.10 at least."),
    ("It needs release 4.10 of the tool.", "It needs release 4.1 of the tool."),
    ("The humidity rises by 3-4 % in May.", "The humidity rises by 3.4 % in May."),
    ("Humidity rises by 3 % in June.", "Humidity rises by 3 ‰ in June."),
    ("✓ Returns are free.", "✗ Returns are free."),
    ("Returns are free.", "✗ Returns are free."),
    ("| Export | ✓ |", "| Export | ✗ |"),
    ("Export: ✓", "| Export | ✗ |"),
    ("The filter is a = b.", "The filter is a != b."),
    ("The tolerance is +2 mm.", "The tolerance is ±2 mm."),
    ("The tolerance is 2 mm.", "The tolerance is ±2 mm."),
    ("The room has 5 m of shelves.", "The room has 5 m² of shelves."),
    ("Call gate A7 first.", "Call gate A-7 first."),
    ("The shop opens at 10:30.", "The shop opens at 10:20."),
    ("Use AT&T lines.", "Use ATT lines."),
    ("Use grade A+ steel.", "Use grade A steel."),
    ("Use grade A steel.", "Use grade A+ steel."),
    ("Use grade A- steel.", "Use grade A+ steel."),
]


@pytest.mark.parametrize(("claim", "source"), PAIRS)
def test_another_mark_is_never_verified(claim: str, source: str) -> None:
    assert check_claim(claim, [Cited(source)])[0] != "verified"


@pytest.mark.parametrize("source", sorted({source for _, source in PAIRS}))
def test_the_sentence_itself_is_verified(source: str) -> None:
    assert check_claim(source, [Cited(source)])[0] == "verified"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The plan costs 49 EUR per month.", "The plan costs €49 per month."),
        ("The plan costs €49.00 per month.", "The plan costs 49 EUR per month."),
        ("Customers keep 1204 devices in cold rooms.", "Customers keep 1,204 devices in cold rooms."),
        ("The room is kept at minus 18 °C.", "The room is kept at minus 18 °C, day and night."),
        ("Returns take 14 days.", "Returns take **14 days**."),
        ("The AC/DC adapter is included.", "The (AC/DC) adapter is included."),
    ],
)
def test_the_same_in_another_spelling_is_verified(claim: str, source: str) -> None:
    verdict, checks = check_claim(claim, [Cited(source)])
    assert (verdict, checks.reasons) == ("verified", [])
