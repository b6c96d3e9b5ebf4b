"""Safety settings that cannot be are one line each; what each home sets is its own."""

from __future__ import annotations

import pytest

from app.errors import SettingsError
from app.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("INJECTION", "maybe", "'off', 'log' or 'block'"),
        ("SECRETS", "hide", "'allow', 'redact' or 'block'"),
        ("PERSONAL_DATA_KINDS", "email,names", "'names' is no kind; there are: email, phone"),
        ("PHONE_REGIONS", "Germany", "'Germany' is no region of two letters"),
        ("OPEN_GUARDS", "secret", "'secret' is no guard of ours; there are: question-form"),
        ("GUARD_MS", "1", "greater than or equal to 10"),
    ],
)
def test_what_cannot_be_is_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"PINCITE_SAFETY__{name}", value)
    with pytest.raises(SettingsError) as raised:
        load_settings(None)
    assert str(raised.value).startswith(f"PINCITE_SAFETY__{name}")
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_lists_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TOPICS": "Leave, sick days; Travel expenses",
        "PERSONAL_DATA_KINDS": "iban, card",
        "PHONE_REGIONS": "nl,be",
        "OPEN_GUARDS": "none",
    }.items():
        monkeypatch.setenv(f"PINCITE_SAFETY__{name}", value)
    safety = load_settings(None).safety
    assert safety.topics == ["Leave, sick days", "Travel expenses"]
    assert safety.personal_data_kinds == ["iban", "card"]
    assert safety.phone_regions == ["NL", "BE"]
    assert safety.open_guards == []
