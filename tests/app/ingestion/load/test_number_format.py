"""Cell values by their number formats."""

from __future__ import annotations

import datetime

import pytest

from app.ingestion.load.number_format import shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (None, "General", ""),
        (0.1 + 0.2, "General", "0.3"),
        (12.0, "General", "12"),
        (0.125, "0.0%", "12.5%"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (-5, "0;(0)", "(5)"),
        (0, '0;-0;"none"', "0"),
        (19.9, '"$"#,##0.00', "$19.90"),
        (19.9, "[$€-407] #,##0.00", "€ 19.90"),
        (7, '0 "days"', "7 days"),
        (1.5, "0.##", "1.5"),
        (3, "0.##", "3"),
        (5551234, "000-0000", "5551234"),
        (1_500_000, "#,##0,", "1500000"),
        (1e20, "0.00", "1e+20"),
        (datetime.datetime(2026, 3, 1, 14, 5), "d/m/yy h:mm", "2026-03-01 14:05"),
        (datetime.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        ("as it is", "0.00", "as it is"),
    ],
)
def test_values_read_as_on_the_sheet(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text
