from __future__ import annotations

from graphs.parts import GuardResult
from graphs.passages import to_passage
from graphs.receipts import add_usage, guard_entry, scored, with_entry, with_values
from tests.support.graph_parts import RETURNS, passage


def test_entries_are_added_without_touching_the_receipt_before() -> None:
    before = with_entry(None, "steps", 1)
    after = with_entry(before, "steps", 2)
    assert before == {"steps": [1]}
    assert after == {"steps": [1, 2]}
    assert with_values(after, model="m") == {"steps": [1, 2], "model": "m"}


def test_usage_is_summed_by_model_and_the_unknown_is_not_nothing() -> None:
    receipt = add_usage(None, "a", {"input_tokens": 10, "output_tokens": 2})
    receipt = add_usage(receipt, "a", {"input_tokens": 5, "output_tokens": 1})
    receipt = add_usage(receipt, "b", None)
    assert receipt["usage"] == {
        "a": {"calls": 2, "input_tokens": 15, "output_tokens": 3, "calls_without_usage": 0},
        "b": {"calls": 1, "input_tokens": 0, "output_tokens": 0, "calls_without_usage": 1},
    }


def test_passages_are_listed_without_their_words() -> None:
    assert RETURNS not in str(scored([to_passage(passage(RETURNS))]))


def test_a_guard_is_listed_without_the_text_it_saw() -> None:
    assert "secret" not in str(guard_entry(GuardResult("g", "deny", "secret", ("too long",))))
