from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from evals.benchmarks.citing.conflicts import main, measure, pairs


def test_halves_have_as_many_conflicts_as_others() -> None:
    counted = Counter((pair["half"], pair["conflict"]) for pair in pairs())
    assert set(counted.values()) == {50}
    assert len({pair["id"] for pair in pairs()}) == 200


def test_what_is_shown_is_a_conflict_nine_times_in_ten() -> None:
    for half in ("dev", "test"):
        found = measure(half)
        assert found["found"] >= 0.9 * (found["found"] + found["made_up"])
        assert found["found"] >= 0.6 * found["conflicts"]


def test_results_are_kept_beside_those_kept_before(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--as", "one"]) == 0
    assert main(["--out", str(tmp_path), "--as", "two"]) == 0
    assert list(json.loads((tmp_path / "conflicts.json").read_text())) == ["one", "two"]
    assert "| two | test | 100 |" in (tmp_path / "conflicts.md").read_text()
