"""Judge one drafted sentence: find the words it rests on in the passages it names, and check them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from graphs.citing.align import Span, best_span, find_quote, whole_sentences
from graphs.citing.clauses import clauses
from graphs.citing.verdict import Checks, Cited, Verdict, check_claim
from graphs.passages import context_of
from graphs.state import DraftSentence, EvidencePassage

_RANK: dict[Verdict, int] = {"verified": 0, "partial": 1, "unsupported": 2}

ENOUGH_QUOTED = 0.3
"""Quotes that hold less of the claim than this are passed over for the sentences that say most of it."""

Stands = Callable[[EvidencePassage, Span], bool]
"""Whether a span is in the stored version, character for character."""

Placed = tuple[EvidencePassage, Span]


@dataclass(slots=True)
class Judged:
    """The verdict of a drafted sentence, and the words of the evidence that it rests on."""

    verdict: Verdict
    checks: Checks
    spans: list[Placed] = field(default_factory=list)
    failure: str = ""
    """Why it may not be released, as the model is told; empty when it may."""


def judge(
    claim: DraftSentence,
    evidence: Sequence[EvidencePassage],
    *,
    question: str,
    weight: Callable[[str], float],
    stands: Stands,
) -> Judged:
    """The verdict of one sentence against the passages it names (numbers from 1).

    A number that no passage has is a failure and is never mended, whatever the other numbers support.
    """
    named = list(dict.fromkeys(claim["sources"] or _holding(claim, evidence)))
    unknown = [number for number in named if not 1 <= number <= len(evidence)]
    if unknown or not named:
        why = f"names passage {unknown[0]}, which does not exist" if unknown else "names no passage"
        return Judged("unsupported", Checks(False, 0.0, reasons=[f"it {why}"]), failure=why)
    passages = [evidence[number - 1] for number in named]
    best: Judged | None = None
    for spans in _choices(claim, passages, weight):
        one = _judged(claim, [placed for placed in spans if stands(*placed)], question, weight)
        if best is None or _better(one, best):
            best = one
        if best.verdict == "verified":
            break
    assert best is not None
    return best


def _holding(claim: DraftSentence, evidence: Sequence[EvidencePassage]) -> list[int]:
    """The passages with the words that a provider's own citations quote."""
    if not claim.get("by_quote"):
        return []
    return [
        number
        for number, passage in enumerate(evidence, 1)
        if any(find_quote(quote, passage["text"]) for quote in claim["quotes"])
    ]


def _choices(
    claim: DraftSentence, passages: Sequence[EvidencePassage], weight: Callable[[str], float]
) -> Iterator[list[Placed]]:
    """Ways to cite, most faithful to the draft first: what it quotes; what says most of it; the same by its
    parts, which may stand far from each other; in the end what it quotes all the same."""
    quoted = [(passage, span) for passage in passages for span in _quoted(claim, passage["text"])]
    if quoted and _says_enough(claim["text"], quoted, weight):
        yield _distinct(quoted)
    yield _distinct(_aligned(claim["text"], passages, weight))
    parts = dict.fromkeys(clauses(claim["text"]))
    yield _distinct([placed for part in parts for placed in _aligned(part, passages, weight)])
    yield _distinct(quoted)


def _quoted(claim: DraftSentence, text: str) -> list[Span]:
    found = [span for quote in claim["quotes"] if (span := find_quote(quote, text))]
    at, last = claim.get("at"), claim["quotes"][-1] if claim["quotes"] else ""
    if at is not None and last and text.startswith(last, at):
        found[-1] = Span(at, at + len(last), 1.0, "quote")
    return [whole_sentences(span, text) for span in found]


def _says_enough(claim: str, spans: Sequence[Placed], weight: Callable[[str], float]) -> bool:
    _, checks = check_claim(claim, [_cited(*placed) for placed in spans], weight=weight)
    return checks.quoted >= ENOUGH_QUOTED


def _aligned(text: str, passages: Sequence[EvidencePassage], weight: Callable[[str], float]) -> list[Placed]:
    """In each passage the sentences that hold most of the text; passages that add nothing are left out."""
    found = [(passage, span) for passage in passages if (span := best_span(text, passage["text"], weight))]
    return sorted(found, key=lambda placed: -placed[1].score)


def _distinct(spans: Sequence[Placed]) -> list[Placed]:
    known: dict[tuple[str, str, int, int], Placed] = {}
    for passage, span in spans:
        key = (
            passage["doc_id"],
            passage["version"],
            passage["start"] + span.start,
            passage["start"] + span.end,
        )
        known.setdefault(key, (passage, span))
    return list(known.values())


def _cited(passage: EvidencePassage, span: Span) -> Cited:
    return Cited(passage["text"], tuple(context_of(passage)), span.start, span.end)


def _judged(
    claim: DraftSentence, spans: list[Placed], question: str, weight: Callable[[str], float]
) -> Judged:
    verdict, checks = check_claim(
        claim["text"], [_cited(*placed) for placed in spans], question=question, weight=weight
    )
    failure = (
        "" if verdict != "unsupported" else "; ".join(checks.reasons) or "is not in the passages it names"
    )
    return Judged(verdict, checks, spans, failure)


def _better(one: Judged, other: Judged) -> bool:
    return _order(one) < _order(other)


def _order(one: Judged) -> tuple[int, bool, int]:
    """A sentence in quite other words still has what it quotes to be read beside it."""
    return _RANK[one.verdict], not one.spans, len(one.checks.reasons)
