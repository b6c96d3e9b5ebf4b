"""Citations of stored or exported answers against the documents as they are today."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.answer_files import GivenAnswer, GivenCitation
from app.ingestion.kept_versions import cited_text, removed_document
from app.ingestion.registry import DocumentRecord, Registry
from graphs.citing.verify import Cited, CurrentText, State, Verified, broken, verify

STATES: tuple[State, ...] = ("broken", "gone", "changed", "moved", "in place")
"""The loudest first."""

FINE: frozenset[State] = frozenset(("in place", "moved"))
UNCHECKED = "the cited version is not kept, so the quote itself could not be checked"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words stand today, or the sentence that is most like them; ``words`` as they are there."""

    doc_id: str
    version: str
    start: int
    end: int
    words: str
    title: str
    uri: str
    page: int | None
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitationReport:
    """One citation and its state. ``likeness`` only where it is ``changed``."""

    citation: GivenCitation
    state: State
    why: str = ""
    now: Place | None = None
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """One answer with its citations, in order."""

    answer: GivenAnswer
    citations: Sequence[CitationReport]


def verify_answers(registry: Registry, answers: Sequence[GivenAnswer]) -> list[AnswerReport]:
    """The state of every citation. Document after document, so that few texts are in memory at a time."""
    by_document: dict[str, list[GivenCitation]] = defaultdict(list)
    for answer in answers:
        for citation in answer.citations:
            by_document[citation.doc_id].append(citation)
    current = {doc_id: registry.current(doc_id) for doc_id in by_document}
    missing = {one.version for doc_id, of in by_document.items() if current[doc_id] is None for one in of}
    renamed = registry.of_versions(missing)
    reports: dict[int, CitationReport] = {}
    for doc_id, citations in by_document.items():
        reports |= _document(registry, current[doc_id], renamed, citations)
    return [AnswerReport(one, [reports[id(citation)] for citation in one.citations]) for one in answers]


def counts(reports: Iterable[AnswerReport]) -> dict[State, int]:
    """How many citations are in each state; all states are there."""
    found = [one.state for report in reports for one in report.citations]
    return {state: found.count(state) for state in STATES}


def _document(
    registry: Registry,
    current: DocumentRecord | None,
    renamed: Mapping[str, DocumentRecord],
    citations: Sequence[GivenCitation],
) -> dict[int, CitationReport]:
    """The reports on citations of one document, by the identity of the citation."""

    @lru_cache(maxsize=4)
    def stored_text(doc_id: str, version: str) -> tuple[str | None, str]:
        return _stored(registry, doc_id, version)

    now: CurrentText | None = None
    found: dict[int, CitationReport] = {}
    for one in sorted(citations, key=lambda citation: citation.version):
        target = current or renamed.get(one.version)
        stored, damage = stored_text(one.doc_id, one.version)
        if stored is None and target is not None and target.version == one.version:
            stored, damage = stored_text(target.doc_id, one.version)
        cited = Cited(one.quote, one.start, one.end)
        wrong = damage or (broken(cited, stored) if stored is not None and one.quote else "")
        if wrong:
            found[id(one)] = CitationReport(one, "broken", wrong)
        elif target is None or not one.quote:
            found[id(one)] = CitationReport(one, "gone", _gone(registry, one))
        elif current is None:
            result = Verified("moved", "its document has another name now", one.start, one.end)
            found[id(one)] = _report(registry, one, result, target, stored or "")
        else:
            if now is None:
                now = CurrentText(registry.text(current.doc_id) or "")
            result = verify(cited, stored, now)
            found[id(one)] = _report(registry, one, result, current, now.text, unchecked=stored is None)
    return found


def _stored(registry: Registry, doc_id: str, version: str) -> tuple[str | None, str]:
    """The text of a cited version, or None; and what is wrong with it, if anything is."""
    text = cited_text(registry.engine, doc_id, version)
    if text is not None and hashlib.sha256(text.encode()).hexdigest() != version:
        return text, "the stored text of the cited version is damaged: it does not have that version's sha256"
    return text, ""


def _gone(registry: Registry, citation: GivenCitation) -> str:
    if not citation.quote:
        return "its words were deleted for good"
    removed = removed_document(registry.engine, citation.doc_id)
    if removed is not None:
        return f"the document was removed on {removed.removed_at[:10]}"
    return "there is no such document"


def _report(
    registry: Registry,
    citation: GivenCitation,
    result: Verified,
    document: DocumentRecord,
    text: str,
    *,
    unchecked: bool = False,
) -> CitationReport:
    why = "; ".join(filter(None, [result.why, UNCHECKED if unchecked else ""]))
    if result.start is None or result.end is None:
        return CitationReport(citation, result.state, why)
    now = Place(
        document.doc_id,
        document.version,
        result.start,
        result.end,
        text[result.start : result.end],
        document.title,
        document.uri,
        registry.page_at(document.doc_id, document.version, result.start),
        _headings(registry, document.doc_id, text, result.start),
    )
    return CitationReport(citation, result.state, why, now, result.likeness)


def _headings(registry: Registry, doc_id: str, text: str, offset: int) -> tuple[str, ...]:
    """The headings above a place; a Markdown heading within its passage is nearer than those above that."""
    start, above = registry.headings_at(doc_id, offset)
    nearer = re.findall(r"^#{1,6}[ \t]+(\S.*)", text[start:offset], re.MULTILINE)
    return (nearer[-1].strip(),) if nearer else above


def loudest(reports: Iterable[AnswerReport]) -> Iterator[tuple[GivenAnswer, CitationReport]]:
    """All citations, those in the worst state first."""
    every = [(report.answer, one) for report in reports for one in report.citations]
    yield from sorted(every, key=lambda pair: STATES.index(pair[1].state))
