"""What was found and what of it was kept, passage by passage, as one person may see it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.documents.readable import readable
from app.registry.registry import Registry
from app.registry.requester import Requester
from app.registry.schema import documents, passages
from app.web.receipt_parts import Entry, entries, gate_words, scores_of
from graphs.contracts import Answer


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """Where a passage stands; offsets in code points of the version's text."""

    doc_id: str
    version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document that may be read; ``sections`` are (start, headings) of the current version's passages."""

    title: str
    version: str
    sections: Sequence[tuple[int, tuple[str, ...]]]

    def headings(self, place: PassagePlace) -> tuple[str, ...]:
        """The headings above a passage, but for the title; none in a version that is not the current one."""
        if place.version != self.version:
            return ()
        at = bisect_right(self.sections, place.start, key=lambda one: one[0]) - 1
        above = self.sections[at][1] if at >= 0 else ()
        return above[1:] if above[:1] == (self.title,) else above


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """``before`` and ``after``: its places in the two orders, from 1; 0 where it is not in one.

    ``document``: None where it is gone, or not for whoever looks; then nothing else tells which it is.
    """

    place: PassagePlace | None
    document: KnownDocument | None
    headings: tuple[str, ...]
    before: int
    after: int
    scores: Mapping[str, float]
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """One search and ranking. ``found``: passages of all its searches."""

    searches: Sequence[Entry]
    gate: str
    widened: bool
    found: int
    kept: int
    rows: Sequence[EvidenceRow]


def place_of(passage: Any) -> PassagePlace | None:
    """The place that a receipt names.

    >>> place_of("a@b@0f:10-20")
    PassagePlace(doc_id='a@b', version='0f', start=10, end=20)
    >>> place_of("said by a tool") is None
    True
    """
    doc_id, _, rest = str(passage).rpartition("@")
    version, _, span = rest.partition(":")
    start, _, end = span.partition("-")
    if not (doc_id and version and start.isdecimal() and end.isdecimal()):
        return None
    return PassagePlace(doc_id, version, int(start), int(end))


def looks_of(answer: Answer, registry: Registry, who: Requester) -> list[Look]:
    """Each search with its ranking, in order, with the documents that ``who`` may read."""
    receipt = answer.receipt
    retrievals, rankings = entries(receipt, "retrievals"), entries(receipt, "rerankings")
    named = [one for search in retrievals for one in entries(search, "found")]
    named += [one for ranking in rankings for one in entries(ranking, "evidence")]
    places = {place for one in named if (place := place_of(one.get("passage"))) is not None}
    known = known_documents(registry, who, {one.doc_id for one in places})
    # A wider look may put several questions to the index: those after the first ranking are its own.
    first, wider = (retrievals[:1], retrievals[1:]) if len(rankings) > 1 else (retrievals, [])
    searches = [first, wider]
    looks = []
    for number in range(max(len(rankings), 1 if retrievals else 0)):
        of = searches[number] if number < len(searches) else []
        ranking = rankings[number] if number < len(rankings) else {}
        found = _merged(of)
        kept = entries(ranking, "evidence")
        rows = _rows(answer, found, kept, known)
        gate = gate_words(ranking) if ranking else ""
        looks.append(Look(of, gate, bool(ranking.get("widened")), len(found), len(kept), rows))
    return looks


def known_documents(
    registry: Registry, who: Requester, doc_ids: Collection[str]
) -> Mapping[str, KnownDocument]:
    """Those of the documents that may be read, by their ids."""
    allowed = documents.c.doc_id.in_(doc_ids)
    named = select(documents.c.doc_id, documents.c.title, documents.c.version)
    with registry.engine.connect() as connection:
        rows = connection.execute(named.where(allowed, *readable(registry.engine, who))).all()
        above = select(passages.c.doc_id, passages.c.start, passages.c.headings)
        found = connection.execute(
            above.where(passages.c.doc_id.in_([row.doc_id for row in rows])).order_by(passages.c.start)
        ).all()
    sections: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for row in found:
        sections.setdefault(row.doc_id, []).append((row.start, tuple(row.headings)))
    return {row.doc_id: KnownDocument(row.title, row.version, sections.get(row.doc_id, [])) for row in rows}


def _merged(searches: Sequence[Entry]) -> list[Entry]:
    seen: dict[str, Entry] = {}
    for search in searches:
        for one in entries(search, "found"):
            seen.setdefault(str(one.get("passage")), one)
    return list(seen.values())


def _rows(
    answer: Answer, found: Sequence[Entry], kept: Sequence[Entry], known: Mapping[str, KnownDocument]
) -> list[EvidenceRow]:
    found_places = [place_of(one.get("passage")) for one in found]
    kept_places = [place_of(one.get("passage")) for one in kept]
    rows = []
    for after, (entry, place) in enumerate(zip(kept, kept_places, strict=True), 1):
        # Of a passage a part may have been kept.
        before = next((n for n, one in enumerate(found_places, 1) if _holds(one, place)), 0)
        rows.append(_row(known, place, before, after, scores_of(entry), _cited(answer, place)))
    last = min((scores_of(one).get("reranked", 0.0) for one in kept), default=0.0)
    for before, (entry, place) in enumerate(zip(found, found_places, strict=True), 1):
        if any(_holds(place, one) for one in kept_places):
            continue
        rows.append(_row(known, place, before, 0, scores_of(entry), _cut(place, kept_places, last)))
    return rows


def _row(
    known: Mapping[str, KnownDocument],
    place: PassagePlace | None,
    before: int,
    after: int,
    scores: Mapping[str, float],
    why: str,
) -> EvidenceRow:
    document = known.get(place.doc_id) if place is not None else None
    if place is None or document is None:
        return EvidenceRow(None, None, (), before, after, scores, why)
    return EvidenceRow(place, document, document.headings(place), before, after, scores, why)


def _holds(whole: PassagePlace | None, part: PassagePlace | None) -> bool:
    if whole is None or part is None:
        return False
    same = (whole.doc_id, whole.version) == (part.doc_id, part.version)
    return same and whole.start <= part.start and part.end <= whole.end


def _overlap(one: PassagePlace | None, other: PassagePlace | None) -> bool:
    if one is None or other is None or (one.doc_id, one.version) != (other.doc_id, other.version):
        return False
    return one.start < other.end and other.start < one.end


def _cited(answer: Answer, place: PassagePlace | None) -> str:
    if place is None:
        return "Kept."
    numbers = [
        str(one.number)
        for one in answer.citations
        if (one.doc_id, one.version) == (place.doc_id, place.version)
        and one.start < place.end
        and place.start < one.end
    ]
    if numbers:
        return f"Kept, and quoted: {', '.join(f'[{one}]' for one in numbers)}."
    return "Kept; no sentence of the answer quotes it." if answer.status == "answered" else "Kept."


def _cut(place: PassagePlace | None, kept: Sequence[PassagePlace | None], last: float) -> str:
    for after, one in enumerate(kept, 1):
        if _overlap(place, one):
            return f"Not kept: it overlaps the one at {after}."
    if not kept:
        return "Not kept: nothing was."
    lowest = f" (the lowest that was kept has {last:.2f})" if last else ""
    return f"Not kept by the ranking: too low, the same words as another, or no room{lowest}."
