from __future__ import annotations

from collections import Counter

from evals.benchmarks.answering.threads import counted, report, threads
from graphs.drafting.follow_up import stand_alone
from graphs.drafting.small_talk import is_small_talk


def test_halves_are_as_large_and_every_thread_begins_with_a_question() -> None:
    found = threads()
    assert Counter(thread["half"] for thread in found) == {"dev": 75, "test": 75}
    assert all(thread["turns"][0]["fresh"] and 2 <= len(thread["turns"]) <= 3 for thread in found)


def test_small_talk_is_told_from_questions_and_new_questions_are_left_alone() -> None:
    changed = new = 0
    for thread in threads():
        earlier: list[tuple[str, str]] = []
        for turn in thread["turns"]:
            assert is_small_talk(turn["question"]) == (turn["expects"] == "none")
            if turn["fresh"]:
                new += 1
                changed += stand_alone(turn["question"], earlier) != turn["question"]
            earlier.append((turn["question"], ""))
    assert changed <= 0.03 * new


def test_figures_are_counted_by_kind() -> None:
    rows = [
        {"kind": "first", "rank": 1},
        {"kind": "follow-up", "rank": 2, "right": True},
        {"kind": "follow-up", "rank": 9, "right": True},
        {"kind": "follow-up", "rank": 0, "right": False},
        {"kind": "new", "right": False},
        {"kind": "small talk", "right": True},
    ]
    found = counted(rows)
    assert found["found"] == [2, 3]
    assert found["found at once"] == [1, 3]
    assert found["polluted"] == [1, 1]
    assert "| x: found | 0.67 (2/3; 0.21–0.94) |" in report({"now": {"x": found}})
