"""Where other evidence says of the same thing something else: shown, never settled in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphs.citing.align import Span
from graphs.citing.facts import Facts, facts
from graphs.citing.placed_sentences import cited_facts
from graphs.judging.contradiction import contradiction
from graphs.judging.same_subject import Standing, same_subject
from graphs.state import EvidencePassage
from graphs.text.sentences import Unit, units

MOST = 3
"""Conflicts that are shown for one answer."""

MOST_PAIRS = 20_000
"""Pairs of sentences held against each other for one answer: twenty cited ones and 1,000 of evidence."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """``here`` is cited, ``there`` says otherwise; ``why`` in words."""

    here: Mapping[str, Any]
    there: tuple[EvidencePassage, Span]
    why: str


def find_conflicts(
    citations: Sequence[Mapping[str, Any]], evidence: Sequence[EvidencePassage]
) -> list[Conflict]:
    """For each citation the sentences of other documents, or other versions, that contradict it.

    They contradict each other when they speak of one subject (``same_subject``) and give one attribute of it
    two values (``contradiction``).
    """
    read = read_evidence(evidence)
    found: list[Conflict] = []
    told: set[frozenset[tuple[str, int]]] = set()
    pairs = 0
    for citation in citations:
        quoted, here = cited_sentences(citation, read), place_of(citation)
        for passage, place, sentences in read:
            if (passage["doc_id"], passage["version"]) == (citation["doc_id"], citation["version"]):
                continue
            for unit, other in sentences:
                pairs += len(quoted)
                if pairs > MOST_PAIRS:
                    return found[:MOST]
                why = next(filter(None, (_conflict(mine, here, other, place) for mine in quoted)), "")
                if why:
                    there = (passage, Span(unit.start, unit.end, 1.0, "conflict"))
                    pair = frozenset(
                        {
                            (citation["version"], citation["start"]),
                            (passage["version"], passage["start"] + unit.start),
                        }
                    )
                    # Two that are cited both contradict each other once.
                    if pair not in told:
                        found.append(Conflict(citation, there, why))
                    told.add(pair)
                    break
    return found[:MOST]


def _conflict(mine: Facts, here: Standing, other: Facts, there: Standing) -> str:
    apart = contradiction(mine, other)
    if apart is None:
        return ""
    said = mine.roots & other.roots
    return apart.why if same_subject(here, there, said, mine.text, of_days=apart.kind == "date") else ""


def place_of(of: Mapping[str, Any]) -> Standing:
    """Where a passage or a citation stands."""
    return Standing(str(of.get("title") or ""), tuple(of.get("headings") or ()))


ReadEvidence = Sequence[tuple[EvidencePassage, Standing, Sequence[tuple[Unit, Facts]]]]
"""Each passage, what it stands under, and what each of its sentences says."""


def read_evidence(evidence: Sequence[EvidencePassage]) -> ReadEvidence:
    """The evidence as it is compared."""
    return [(passage, place_of(passage), _sentences(passage)) for passage in evidence]


def _sentences(passage: EvidencePassage) -> list[tuple[Unit, Facts]]:
    pieces = [unit for unit in units(passage["text"]) if unit.kind != "heading"]
    return list(zip(pieces, cited_facts(passage["text"], _over(passage)), strict=True))


def cited_sentences(citation: Mapping[str, Any], read: ReadEvidence) -> list[Facts]:
    """The sentences that the citation quotes of, as their passage has them: a row with its columns."""
    at = (citation["doc_id"], citation["version"])
    for passage, _, sentences in read:
        start, end = citation["start"] - passage["start"], citation["end"] - passage["start"]
        if at == (passage["doc_id"], passage["version"]) and start >= 0 and end <= len(passage["text"]):
            return [found for unit, found in sentences if unit.start < end and start < unit.end]
    return [facts(citation["quote"], _over(citation))]


def _over(of: Mapping[str, Any]) -> list[str]:
    return [str(of.get("title") or ""), *(of.get("headings") or ())]
