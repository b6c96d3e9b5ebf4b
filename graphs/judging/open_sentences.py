"""Sentences that the checks leave open, and what a second reader's finding makes of them."""

from __future__ import annotations

from typing import Any

from graphs.citing.align import find_quote
from graphs.citing.objection import WITHHOLDING, Rule
from graphs.citing.verdict import Verdict
from graphs.state import DraftSentence

_READABLE: frozenset[Rule] = frozenset({"little-support", "name-invented"})
"""What a reader may overrule: words put quite otherwise, another name of the source's thing."""


_WORDING: frozenset[Rule] = frozenset({"reworded", "order", "joined", "borrowed"})
"""What a reader may raise to verified: the same put in other words, or from several places. Where small
words, names or numbers differ too, a gullible reader would do harm: of the wrong sentences of three sets one
that says yes to everything would verify .04 to .11 by these rules, .17 to .44 by all (decisions/0016)."""


def is_open(sentence: DraftSentence) -> bool:
    """Whether a judged sentence is neither certain nor contradicted, and has words to be read beside it."""
    rules = set(sentence["checks"].get("rules", ()))
    if sentence["verdict"] == "verified" or not sentence["cites"]:
        return False
    return not rules & (WITHHOLDING - _READABLE)


def read_as(sentence: DraftSentence, finding: str, words: str) -> DraftSentence:
    """The sentence as a reader found it, who shows ``words`` of its quotes.

    Supported: one that was partial for its wording only is verified, one that was withheld is partial. Not
    supported: it is withheld.
    Where the words that are to show support stand in no quote, the finding counts for nothing.
    """
    sentence = {**sentence, "reading": {"finding": finding, "words": words}}
    shown = any(find_quote(words, cite["quote"]) for cite in sentence["cites"])
    if finding == "supported" and not shown:
        return _noted(sentence, "its words are in no quote", sentence["verdict"], sentence["failure"])
    if finding == "supported":
        wording = _WORDING.issuperset(sentence["checks"].get("rules", ()))
        verdict: Verdict = "verified" if sentence["verdict"] == "partial" and wording else "partial"
        return _noted(sentence, finding, verdict, "")
    why = (
        "the quoted words say otherwise" if finding == "contradicted" else "the quoted words do not say this"
    )
    return _noted(sentence, finding, "unsupported", why)


def _noted(sentence: DraftSentence, finding: str, verdict: Verdict, failure: str) -> DraftSentence:
    checks: dict[str, Any] = {**sentence["checks"], "second_reader": finding}
    return {**sentence, "verdict": verdict, "failure": failure, "checks": checks}
