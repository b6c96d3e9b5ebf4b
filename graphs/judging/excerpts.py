"""The excerpts of an answer without a model: what of the documents stands around its cited words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs.judging.shown_words import Shown, ShownWords
from graphs.judging.versions import CitedVersions
from graphs.parts import GuardCheck, GuardFailedError, Parts
from graphs.state import EvidencePassage
from graphs.text.excerpts import ROOM, ExcerptSpan, excerpt_around

MOST = 3
"""The first is the answer; others are for another part of the question, or another document that differs."""


def excerpts_of(
    parts: Parts,
    evidence: Sequence[EvidencePassage],
    citations: Sequence[Mapping[str, Any]],
    shown: ShownWords | None = None,
) -> list[dict[str, Any]]:
    """An excerpt for each place that is cited, in the order of the citations; those that touch are one.

    Words that ``shown`` masks are masked here too; words that the output guard would change otherwise are
    in no excerpt.
    """
    shown = shown or ShownWords(parts, evidence)
    versions = shown.versions
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
        excerpt = _allowed(parts.check_answer, shown, cite, text, base)
        if excerpt is None:
            continue
        span, words, lead = excerpt
        named, masks = shown.named(cite)
        one = {key: cite[key] for key in ("doc_id", "version", "page")} | named
        one |= {
            "start": base + span.start,
            "end": base + span.end,
            "text": words.text,
            "kind": span.kind,
            "lead": lead.text,
            "left_out": span.left_out,
            "marks": [mark],
            "redacted": words.redacted or lead.redacted or masks,
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


def _allowed(
    check: GuardCheck | None, shown: ShownWords, cite: Mapping[str, Any], text: str, base: int
) -> tuple[ExcerptSpan, Shown, Shown] | None:
    """The largest excerpt that the output guard lets out, its words and what stands above it, masked alone:
    mended otherwise it would say what nobody wrote."""

    def words(start: int, end: int) -> Shown:
        return shown.place(cite["doc_id"], cite["version"], base + start, text[start:end])

    for room in (ROOM, ROOM // 2, 0):
        span = excerpt_around(text, cite["start"] - base, cite["end"] - base, room)
        inside, above = words(span.start, span.end), words(*span.lead)
        above = Shown(" ".join(above.text.split()), above.redacted, above.blocked)
        if inside.blocked or above.blocked:
            continue
        if check is None or _verdict(check, f"{above.text} {inside.text}") == "allow":
            return span, inside, above
    return None


def _verdict(check: GuardCheck, words: str) -> str:
    try:
        return check(words).verdict
    except GuardFailedError:
        raise
    except Exception as error:
        raise GuardFailedError(f"the output guard failed ({type(error).__name__})") from error
