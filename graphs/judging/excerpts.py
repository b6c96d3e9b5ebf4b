"""The excerpts of an answer without a model: what of the documents stands around its cited words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs.judging.versions import CitedVersions
from graphs.parts import GuardCheck, GuardFailedError, Parts
from graphs.state import EvidencePassage
from graphs.text.excerpts import ROOM, ExcerptSpan, excerpt_around

MOST = 3
"""The first is the answer; others are for another part of the question, or another document that differs."""


def excerpts_of(
    parts: Parts, evidence: Sequence[EvidencePassage], citations: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """An excerpt for each place that is cited, in the order of the citations; those that touch are one.

    Words that the output guard does not let out as they are stand in no excerpt.
    """
    versions = CitedVersions(parts)
    versions.read_ahead((cite["doc_id"], cite["version"]) for cite in citations)
    found: list[dict[str, Any]] = []
    for cite in citations:
        text, base = _text(versions, evidence, cite)
        start, end = cite["start"] - base, cite["end"] - base
        if text[start:end] != cite["quote"]:
            continue
        mark = {"start": cite["start"], "end": cite["end"], "citation": cite["number"]}
        known = next((one for one in found if _holds(one, cite)), None)
        if known is not None:
            known["marks"].append(mark)
            continue
        span = _allowed(parts.check_answer, text, start, end)
        if span is None:
            continue
        one = {key: cite[key] for key in ("doc_id", "version", "title", "headings", "page", "uri")}
        one |= {
            "start": base + span.start,
            "end": base + span.end,
            "text": text[span.start : span.end],
            "kind": span.kind,
            "lead": _lead(text, span),
            "left_out": span.left_out,
            "marks": [mark],
        }
        found.append(one)
    for one in found:
        one["marks"].sort(key=lambda mark: (mark["start"], mark["end"]))
    return found[:MOST]


def _text(
    versions: CitedVersions, evidence: Sequence[EvidencePassage], cite: Mapping[str, Any]
) -> tuple[str, int]:
    """The canonical text and 0; where nobody keeps it, the passage that was cited and where it begins."""
    stored = versions.text(cite["doc_id"], cite["version"])
    if stored is not None:
        return stored, 0
    for passage in evidence:
        same = (passage["doc_id"], passage["version"]) == (cite["doc_id"], cite["version"])
        if same and passage["start"] <= cite["start"] and cite["end"] <= passage["end"]:
            return passage["text"], passage["start"]
    return "", 0


def _holds(excerpt: Mapping[str, Any], cite: Mapping[str, Any]) -> bool:
    same = all(excerpt[key] == cite[key] for key in ("doc_id", "version"))
    return same and excerpt["start"] <= cite["start"] and cite["end"] <= excerpt["end"]


def _allowed(check: GuardCheck | None, text: str, start: int, end: int) -> ExcerptSpan | None:
    """The largest excerpt that the output guard lets out as it is; mended it would say what nobody wrote."""
    for room in (ROOM, ROOM // 2, 0):
        span = excerpt_around(text, start, end, room)
        words = f"{_lead(text, span)} {text[span.start : span.end]}"
        if check is None or _verdict(check, words) == "allow":
            return span
    return None


def _verdict(check: GuardCheck, words: str) -> str:
    try:
        return check(words).verdict
    except GuardFailedError:
        raise
    except Exception as error:
        raise GuardFailedError(f"the output guard failed ({type(error).__name__})") from error


def _lead(text: str, span: ExcerptSpan) -> str:
    return " ".join(text[slice(*span.lead)].split())
