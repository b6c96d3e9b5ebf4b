"""`pincite usage`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.controls.budgets.accounts import Cost
from app.settings import Settings
from app.terminal.usage import run_usage
from graphs.calling.budget import Payer
from tests.support.budgets import call, ledger


def test_what_was_spent_is_listed_by_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path)
    assert run_usage(settings, None, False) == 0
    assert "no budget is set" in capsys.readouterr().out
    budgets = settings.budgets.model_copy(update={"user_day_usd": 2.0})
    settings = settings.model_copy(update={"budgets": budgets})
    kept = ledger(tmp_path / "default", lambda: datetime.now(UTC), user_day_usd=2)
    for user in ("ann", "bob"):
        call_id = kept.reserve(call(Payer("r", user)), Cost(10**9, 100))
        assert isinstance(call_id, str)
        if user == "ann":
            kept.settle(call_id, Cost(250_000_000, 60))
    run_usage(settings, None, False)
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["user"] * 4 + ["tenant"] * 2
    assert lines[0][3:] == ["0.0000 + 1.0000 held of 2.00 USD", "0 + 100 held tokens"]
    assert lines[1][1] == "ann"
    assert lines[1][3:] == ["0.2500 of 2.00 USD", "60 tokens"]
    run_usage(settings, "ann", True)
    shown = json.loads(capsys.readouterr().out)
    assert [(one["who"], one["per"], one["remaining_usd"]) for one in shown] == [
        ("ann", "day", 1.75),
        ("ann", "month", None),
    ]
