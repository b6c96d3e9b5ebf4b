"""Sentences that the checks leave open, and what a second reader's finding makes of them."""

from __future__ import annotations

from typing import Any

from graphs.citing.align import find_quote
from graphs.citing.objection import WITHHOLDING, Rule
from graphs.citing.verdict import Verdict
from graphs.state import DraftSentence

_READABLE: frozenset[Rule] = frozenset({"little-support", "name-invented"})
"""What a reader may overrule: words put quite otherwise, another name of the source's thing."""


def is_open(sentence: DraftSentence) -> bool:
    """Whether a judged sentence is neither certain nor contradicted, and has words to be read beside it."""
    rules = set(sentence["checks"].get("rules", ()))
    if sentence["verdict"] == "verified" or not sentence["cites"]:
        return False
    return not rules & (WITHHOLDING - _READABLE)


def read_as(sentence: DraftSentence, finding: str, words: str) -> DraftSentence:
    """The sentence as a reader found it, who shows ``words`` of its quotes.

    Supported: one that was partial is verified, one that was withheld is partial. Otherwise it is withheld.
    Where the words that are to show support stand in no quote, the finding counts for nothing.
    """
    sentence = {**sentence, "reading": {"finding": finding, "words": words}}
    shown = any(find_quote(words, cite["quote"]) for cite in sentence["cites"])
    if finding == "supported" and not shown:
        return _noted(sentence, "its words are in no quote", sentence["verdict"], sentence["failure"])
    if finding == "supported":
        verdict: Verdict = "verified" if sentence["verdict"] == "partial" else "partial"
        return _noted(sentence, finding, verdict, "")
    why = (
        "the quoted words say otherwise" if finding == "contradicted" else "the quoted words do not say this"
    )
    return _noted(sentence, finding, "unsupported", why)


def _noted(sentence: DraftSentence, finding: str, verdict: Verdict, failure: str) -> DraftSentence:
    checks: dict[str, Any] = {**sentence["checks"], "second_reader": finding}
    return {**sentence, "verdict": verdict, "failure": failure, "checks": checks}
