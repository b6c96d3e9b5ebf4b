"""What can be said of a finished answer without asking anybody: values from 0 to 1, each described."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from app.observability.facts import facts_of

CHECKS: Mapping[str, str] = {
    "answered": "1: it was answered.",
    "abstained": "1: withheld for want of evidence.",
    "refused": "1: a guard or the form of the question refused it.",
    "failed": "1: it failed.",
    "by_model": "1: a chat model drafted what was answered; 0: sentences of the documents.",
    "partly_supported": "1: a sentence of what was answered is only partly supported.",
    "verified": "Share of the released sentences that are verified.",
    "cited": "Share of the released sentences that cite something.",
    "contained": "Mean share of a sentence's content words that its source has.",
    "cited_densely": "Citations for every 25 words of the answer, 1 at most.",
    "withheld": "Share of the drafted sentences that were left out as unsupported.",
    "disagreement": "1: the documents that are cited disagree.",
    "guard": "1: a guard masked or stopped something, or failed.",
    "same_language": "1: question and answer seem to be of one language.",
    "in_10_s": "1: its steps took 10 seconds or less.",
    "score": "How answerable the question looked, as the gate had it.",
}
"""Those that do not apply to an answer are left out of it."""

WORDS_A_CITATION = 25
"""Words a citation may stand for: a long sentence. A choice of ours."""

IN_TIME_MS = 10_000
LEAST_LETTERS = 20
"""Of a text whose language is told: of shorter ones py3langid says too often something else."""


def checks_of(answer: Mapping[str, Any]) -> dict[str, float]:
    """The checks of an answer (``graphs.contracts.Answer``), by name; each from 0 to 1."""
    facts, receipt = facts_of(answer), answer.get("receipt") or {}
    claims: Sequence[Mapping[str, Any]] = answer.get("claims", [])
    found: dict[str, float] = {
        name: float(facts.status == name) for name in ("answered", "abstained", "refused", "failed")
    }
    found["guard"] = float(facts.withheld)
    if receipt.get("steps"):
        found["in_10_s"] = float(facts.ms <= IN_TIME_MS)
    score = next((one["score"] for one in reversed(receipt.get("rerankings", []))), None)
    if score is not None:
        found["score"] = min(1.0, max(0.0, float(score)))
    left_out = facts.verdicts["unsupported"]
    if claims or left_out:
        found["withheld"] = left_out / (len(claims) + left_out)
    if facts.status == "answered" and claims:
        found |= _of_sentences(answer, claims, facts.mode)
    return found


def _of_sentences(
    answer: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], mode: str
) -> dict[str, float]:
    verdicts = [one["verdict"] for one in claims]
    words = sum(len(one["text"].split()) for one in claims)
    citations = sum(len(one.get("citations", [])) for one in claims)
    contained = [one["checks"]["containment"] for one in claims if "containment" in one.get("checks", {})]
    found = {
        "by_model": float(mode == "model"),
        "partly_supported": float("partial" in verdicts),
        "verified": verdicts.count("verified") / len(claims),
        "cited": sum(bool(one.get("citations")) for one in claims) / len(claims),
        "cited_densely": min(1.0, citations * WORDS_A_CITATION / max(words, 1)),
        "disagreement": float(bool(answer.get("disagreements"))),
    }
    if contained:
        found["contained"] = min(1.0, max(0.0, statistics.fmean(contained)))
    same = _same_language(answer["question"], " ".join(one["text"] for one in claims))
    return found if same is None else {**found, "same_language": float(same)}


def _same_language(one: str, other: str) -> bool | None:
    """None where one is too short to tell."""
    if min(sum(map(str.isalpha, text)) for text in (one, other)) < LEAST_LETTERS:
        return None
    from py3langid import classify

    return bool(classify(one)[0] == classify(other)[0])
