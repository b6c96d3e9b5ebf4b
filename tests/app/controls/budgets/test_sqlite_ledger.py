"""What is only of a ledger in a file: whose it is, and how long it keeps what."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from app.controls.budgets.accounts import Cost
from app.controls.budgets.ledger import LedgerError
from app.controls.budgets.sqlite_ledger import SqliteLedger
from tests.support.budgets import ANN, SetClock, call, ledger, rows

CENT = 10_000_000
"""Billionths of a dollar."""


def reserved(kept: SqliteLedger) -> str:
    found = kept.reserve(call(), Cost(CENT, 100))
    assert isinstance(found, str)
    return found


def test_the_file_is_its_owners_and_made_with_the_first_call(tmp_path: Path) -> None:
    kept = ledger(tmp_path / "tenant", user_day_usd=1)
    assert all(one.spent_nano == 0 for one in kept.sums(kept.accounts(ANN)))
    assert kept.all_sums() == []
    assert not (tmp_path / "tenant").exists()
    reserved(kept)
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "tenant" / "ledger.sqlite").stat().st_mode) == 0o600


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerError, match="move the file away"):
        reserved(ledger(tmp_path, user_day_usd=1))


def test_old_calls_go_with_the_first_of_a_day(tmp_path: Path) -> None:
    clock = SetClock()
    kept = ledger(tmp_path, clock, user_day_usd=1, keep_days=62)
    kept.settle(reserved(kept), Cost(CENT, 1))
    clock.now += timedelta(days=61)
    reserved(kept)
    assert len(rows(tmp_path)) == 2
    clock.now += timedelta(days=3)
    reserved(kept)
    assert len(rows(tmp_path)) == 2
    days = "SELECT time_window FROM sums WHERE owner = 'user' AND span = 'day' ORDER BY 1"
    assert [day for (day,) in rows(tmp_path, days)] == ["2027-01-29", "2027-02-01"]
