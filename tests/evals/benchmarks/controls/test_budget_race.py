"""The race is sound on a small scale, and says so where it is not."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from evals.benchmarks.controls.budget_race import STORES, one_round, table


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
@pytest.mark.parametrize("store", STORES)
def test_processes_that_race_never_overspend(store: str) -> None:
    found = one_round((0.7, 1.0), False, 4, store)
    assert found.sound
    assert found.served >= 20
    assert found.charged == found.billed
    assert "| none | 1 | " in table([found])
    for wrong in (
        replace(found, held=1),
        replace(found, wrong=1),
        replace(found, charged=found.budget + 1),
        replace(found, billed=found.charged + 1),
    ):
        assert not wrong.sound
