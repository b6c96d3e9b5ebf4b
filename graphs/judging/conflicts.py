"""Where other evidence says of the same thing something else: shown, never settled in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphs.citing.align import Span
from graphs.citing.facts import Facts, facts
from graphs.citing.stance import opposed, stance
from graphs.state import EvidencePassage
from graphs.text.quantities import Quantity, fit
from graphs.text.sentences import units

ALIKE = 0.6
"""Sentences that share this much of their content words speak of the same thing."""

MOST = 3
"""Conflicts that are shown for one answer."""

_OUTDATED = ("superseded", "obsolete", "archived", "deprecated", "withdrawn", "expired", "draft", "replaced")


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

    They contradict each other when they share most content words and differ in a number of the same kind, or
    when only one of them denies.
    """
    read = [
        (passage, [(unit, facts(unit.of(passage["text"]))) for unit in units(passage["text"])])
        for passage in evidence
    ]
    found: list[Conflict] = []
    told: set[frozenset[tuple[str, int]]] = set()
    for citation in citations:
        mine = facts(citation["quote"])
        for passage, sentences in read:
            if (passage["doc_id"], passage["version"]) == (citation["doc_id"], citation["version"]):
                continue
            for unit, other in sentences:
                if unit.kind != "heading" and (why := _contradiction(mine, other)):
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


def _contradiction(mine: Facts, other: Facts) -> str:
    shared = len(mine.roots & other.roots)
    if shared < 2 or shared < ALIKE * len(mine.roots | other.roots):
        return ""
    if opposed(stance(mine.text), stance(other.text)):
        return "one of them denies it"
    own, rival = _unmatched(mine, other), _unmatched(other, mine)
    # With more than one number apart they speak of different cases.
    if len(own) == 1 and len(rival) == 1 and _same_kind(own[0], rival[0]):
        return f"{_shown(mine, own[0])} and {_shown(other, rival[0])}"
    return ""


def _unmatched(one: Facts, other: Facts) -> list[Quantity]:
    return [quantity for quantity in one.quantities if fit(quantity, other.quantities) in ("missing", "unit")]


def _same_kind(one: Quantity, other: Quantity) -> bool:
    if one.value is None or other.value is None or (one.unit is None) != (other.unit is None):
        return False
    return one.unit is None or other.unit is None or one.unit.of == other.unit.of


def _shown(of: Facts, quantity: Quantity) -> str:
    return of.text[quantity.start : quantity.end]


def precedence(metadata: Mapping[str, Any]) -> tuple[bool, str, str]:
    """What a document's own metadata say of its weight; the greater goes first.

    One that says it is out of date comes after one that does not; then the later ``date``; then ``version``.

    >>> then = {"date": "2026-05-01", "status": "Superseded"}
    >>> precedence({"date": "2026-02-01", "status": "current"}) > precedence(then)
    True
    """
    status = str(metadata.get("status") or "").lower()
    date = next((str(metadata[key]) for key in ("date", "updated", "effective") if metadata.get(key)), "")
    return not any(word in status for word in _OUTDATED), date, str(metadata.get("version") or "")
