"""What a model chose the words of leaves in no receipt unmasked, also where the run fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.safety.our_guards import words_check, words_guards
from app.safety.settings import SafetySettings
from graphs.judging.shown_words import receipt_as_shown
from graphs.parts import GuardFailedError, Parts, WordsCheck
from tests.support.graph_parts import corpus

TOKEN = "ghp_" + "a8Kd02LmQx7RvB4nZ9tGk2LmQx7RvB4nZ5sW"
RECEIPT: dict[str, Any] = {
    "id": "a",
    "tools": [{"tool": "send", "args": {"text": f"It is {TOKEN}.", "to": ["x", TOKEN], "n": 1}}],
    "retrievals": [{"query": TOKEN, "ms": 1.5}],
    "steps": [{"node": "guard", "ms": 1.0}],
}


def test_arguments_of_tools_and_queries_are_masked() -> None:
    parts = Parts(retriever=corpus(), check_words=words_check(words_guards(SafetySettings())))
    shown = receipt_as_shown(parts, RECEIPT)
    assert TOKEN not in json.dumps(shown)
    assert shown["tools"][0]["args"]["text"] == f"It is {'█' * len(TOKEN)}."
    assert shown["tools"][0]["args"]["n"] == 1
    assert (shown["id"], shown["steps"]) == (RECEIPT["id"], RECEIPT["steps"])
    assert TOKEN in json.dumps(RECEIPT), "the state keeps what it has"


def test_what_cannot_be_looked_at_is_left_out() -> None:
    def fail(_text: str) -> WordsCheck:
        raise GuardFailedError("the guard failed")

    shown = receipt_as_shown(Parts(retriever=corpus(), check_words=fail), RECEIPT)
    assert set(shown) == {"id", "steps"}


@pytest.mark.parametrize("receipt", [{}, {"id": "a"}])
def test_there_may_be_none_of_it(receipt: dict[str, Any]) -> None:
    parts = Parts(retriever=corpus(), check_words=words_check(words_guards(SafetySettings())))
    assert receipt_as_shown(parts, receipt) == receipt
