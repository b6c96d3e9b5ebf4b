from __future__ import annotations

from typing import Any

import pytest

from graphs.judging.open_sentences import is_open, read_as
from graphs.state import DraftSentence

QUOTE = "Customers may return any device within 30 days of delivery."


def judged(verdict: Any, *rules: str, quote: str = QUOTE) -> DraftSentence:
    return DraftSentence(
        text="A device may be sent back for 30 days.",
        sources=[1],
        quotes=[],
        verdict=verdict,
        failure="" if verdict != "unsupported" else "the source says little of this",
        checks={"rules": list(rules)},
        cites=[{"quote": quote}] if quote else [],
    )


@pytest.mark.parametrize(
    ("sentence", "is_it"),
    [
        (judged("verified"), False),
        (judged("partial", "reworded"), True),
        (judged("unsupported", "little-support"), True),
        (judged("unsupported", "little-support", "name-invented"), True),
        (judged("unsupported", "number-missing", "little-support"), False),
        (judged("unsupported", "exchanged"), False),
        (judged("unsupported", "denial-turned"), False),
        (judged("unsupported", "little-support", quote=""), False),
    ],
)
def test_only_what_is_neither_certain_nor_contradicted_is_open(sentence: DraftSentence, is_it: bool) -> None:
    assert is_open(sentence) is is_it


def test_support_raises_a_verdict_by_one() -> None:
    assert read_as(judged("partial", "reworded"), "supported", "within 30 days")["verdict"] == "verified"
    joined = judged("partial", "reworded", "joined", "order")
    assert read_as(joined, "supported", "within 30 days")["verdict"] == "verified"
    mended = read_as(judged("unsupported", "little-support"), "supported", "within 30 days")
    assert (mended["verdict"], mended["failure"]) == ("partial", "")


@pytest.mark.parametrize("rule", ["denial", "modality", "direction", "amount", "number-loose", "rivals"])
def test_what_differs_in_more_than_words_stays_partial(rule: str) -> None:
    assert read_as(judged("partial", "reworded", rule), "supported", "within 30 days")["verdict"] == "partial"


def test_support_that_shows_words_of_no_quote_counts_for_nothing() -> None:
    for words in ("within 40 days", "", "0 days"):
        found = read_as(judged("partial", "reworded"), "supported", words)
        assert found["verdict"] == "partial"
        assert found["checks"]["second_reader"] == "its words are in no quote"


@pytest.mark.parametrize("finding", ["contradicted", "not_addressed"])
def test_anything_else_withholds(finding: str) -> None:
    found = read_as(judged("partial", "reworded"), finding, "")
    assert found["verdict"] == "unsupported"
    assert found["failure"]
