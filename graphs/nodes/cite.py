"""cite: find the exact words behind each drafted sentence, and judge it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from graphs.citing.align import Span, idf_weights
from graphs.citing.judge import Judged, judge
from graphs.nodes.step import Node
from graphs.parts import Parts
from graphs.receipts import with_entry
from graphs.state import AnswerState, AskContext, EvidencePassage

MAX_ATTEMPTS = 2
"""A draft that lost its point is asked for once more, no oftener."""


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


def _judge_all(parts: Parts, state: AnswerState) -> list[Judged]:
    evidence = state["evidence"]
    weight = idf_weights(passage["text"] for passage in evidence)

    def stands(passage: EvidencePassage, span: Span) -> bool:
        return _stands(parts, passage, span)

    return [
        judge(claim, evidence, question=state["standalone"], weight=weight, stands=stands)
        for claim in state["draft"]
    ]


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


def _numbered(parts: Parts, kept: list[Judged]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
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
                citations.append(
                    {
                        "number": numbers[key],
                        "doc_id": passage["doc_id"],
                        "version": passage["version"],
                        "start": start,
                        "end": end,
                        "quote": passage["text"][span.start : span.end],
                        "page": _page(parts, passage, start),
                        "headings": passage["headings"],
                        "uri": passage["uri"],
                        "title": passage["title"],
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
