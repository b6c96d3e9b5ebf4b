"""cite: find the exact words behind each drafted sentence, and judge it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.citing.align import Span, best_span, find_quote, idf_weights, whole_sentences
from graphs.citing.check import UNSUPPORTED, Checks, Verdict, check_claim
from graphs.nodes.places import reading_places
from graphs.nodes.step import Node
from graphs.parts import Parts
from graphs.passages import context_of
from graphs.receipts import with_entry
from graphs.state import AnswerState, AskContext, DraftClaimData, EvidencePassage

MAX_ATTEMPTS = 2
"""A draft that lost its point is asked for once more, no oftener."""


@dataclass(slots=True)
class _Judged:
    claim: DraftClaimData
    verdict: Verdict
    checks: Checks
    spans: list[tuple[EvidencePassage, Span]] = field(default_factory=list)
    failure: str = ""


def make_cite(parts: Parts) -> Node:
    async def cite(state: AnswerState, runtime: Runtime[AskContext], config: RunnableConfig) -> AnswerState:
        judged = await asyncio.to_thread(_judge_all, parts, state)
        kept = [one for one in judged if one.verdict != "unsupported"]
        failures = [f'"{one.claim["text"]}" {one.failure}' for one in judged if one.verdict == "unsupported"]
        claims, citations = await asyncio.to_thread(_numbered, parts, kept)
        # By number, without words: what a sentence said has not passed the output guard here.
        verdicts = [
            {"sentence": number, "verdict": one.verdict, "failure": one.failure, **asdict(one.checks)}
            for number, one in enumerate(judged, 1)
        ]
        # The point is lost with the first sentence, or with half of them.
        lost = not kept or judged[0].verdict == "unsupported" or 2 * len(failures) > len(judged)
        return {
            "claims": claims,
            "citations": citations,
            "failures": failures if lost else [],
            "attempts": state["attempts"] + 1,
            "receipt": with_entry(state["receipt"], "citings", verdicts),
        }

    return cite


def after_cite(state: AnswerState) -> str:
    """release; or once more to generate when a model's draft lost its point; or abstain."""
    if not state["failures"] and state["claims"]:
        return "release"
    if state["mode"] != "extractive" and state["attempts"] < MAX_ATTEMPTS:
        return "generate"
    return "abstain"


def _judge_all(parts: Parts, state: AnswerState) -> list[_Judged]:
    evidence = state["evidence"]
    weight = idf_weights(passage["text"] for passage in evidence)
    return [_judge(parts, claim, evidence, state["standalone"], weight) for claim in state["draft"]]


def _judge(
    parts: Parts,
    claim: DraftClaimData,
    evidence: list[EvidencePassage],
    question: str,
    weight: Callable[[str], float],
) -> _Judged:
    named = list(dict.fromkeys(claim["sources"]))
    unknown = [number for number in named if not 1 <= number <= len(evidence)]
    nothing = Checks(quote=False, containment=0.0)
    if unknown or not named:
        why = f"names passage {unknown[0]}, which does not exist" if unknown else "names no passage"
        return _Judged(claim, "unsupported", nothing, failure=why)
    spans = [
        (evidence[number - 1], span)
        for number in named
        for span in _spans(claim, evidence[number - 1]["text"], weight)
    ]
    spans = [(passage, span) for passage, span in spans if _stands(parts, passage, span)]
    verdict, checks = check_claim(
        claim["text"],
        [passage["text"][span.start : span.end] for passage, span in spans],
        context=[part for passage, _ in spans for part in context_of(passage)],
        question=question,
        weight=weight,
    )
    judged = _Judged(claim, verdict, checks, spans)
    if verdict == "unsupported":
        judged.failure = _why(checks)
    return judged


def _spans(claim: DraftClaimData, text: str, weight: Callable[[str], float]) -> list[Span]:
    """The sentences quoted from this passage; else, or when they say too little, those that say most."""
    found = [span for quote in claim["quotes"] if (span := find_quote(quote, text))]
    quoted = list(dict.fromkeys(whole_sentences(span, text) for span in found))
    _, checks = check_claim(claim["text"], [text[span.start : span.end] for span in quoted], weight=weight)
    if checks.quoted >= UNSUPPORTED:
        return quoted
    aligned = best_span(claim["text"], text, weight)
    return [aligned] if aligned else quoted


def _stands(parts: Parts, passage: EvidencePassage, span: Span) -> bool:
    """The quote is in the stored version, character for character, at the offsets the citation will name."""
    quote = passage["text"][span.start : span.end]
    if parts.stored_text is None:
        return bool(quote)
    stored = parts.stored_text(passage["doc_id"], passage["version"])
    if stored is None:
        # What a tool said, or a host's own document: it is its own canonical text, as its version tells.
        return passage["start"] == 0 and sha256(passage["text"].encode()).hexdigest() == passage["version"]
    begin = passage["start"] + span.start
    return bool(quote) and stored[begin : begin + len(quote)] == quote


def _why(checks: Checks) -> str:
    if checks.missing_numbers:
        return f"has numbers its passages do not: {', '.join(checks.missing_numbers)}"
    if not checks.quote:
        return "has no support in the passages it names"
    return "says something its passages do not say"


def _numbered(parts: Parts, kept: list[_Judged]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Claims with the numbers of their citations; the same words are one citation."""
    numbers: dict[tuple[str, str, int, int], int] = {}
    citations: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    for one in kept:
        own: list[int] = []
        for passage, span in one.spans:
            start, end = passage["start"] + span.start, passage["start"] + span.end
            key = (passage["doc_id"], passage["version"], start, end)
            if key not in numbers:
                numbers[key] = len(citations) + 1
                page = _page(parts, passage, start)
                citations.append(
                    {
                        "number": numbers[key],
                        "doc_id": passage["doc_id"],
                        "version": passage["version"],
                        "start": start,
                        "end": end,
                        "quote": passage["text"][span.start : span.end],
                        "page": page,
                        "headings": passage["headings"],
                        "uri": passage["uri"],
                        "title": passage["title"],
                        **reading_places(parts, passage, start, end, page),
                    }
                )
            own.append(numbers[key])
        claims.append(
            {
                "text": one.claim["text"],
                "verdict": one.verdict,
                "citations": list(dict.fromkeys(own)),
                "checks": asdict(one.checks),
            }
        )
    return claims, citations


def _page(parts: Parts, passage: EvidencePassage, start: int) -> int | None:
    """The page of the quote; a passage may begin on the one before."""
    if parts.page_at is None or passage["page"] is None:
        return passage["page"]
    return parts.page_at(passage["doc_id"], passage["version"], start) or passage["page"]
