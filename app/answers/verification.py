"""Citations of stored or exported answers against the documents as they are today."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.answers.files import GivenAnswer, GivenCitation
from app.answers.find_again import CurrentText, QuotedPlace, State, Verified, broken, verify
from app.registry.kept_versions import cited_text, removed_document
from app.registry.reading import Reading, read_document
from app.registry.registry import DocumentRecord, Registry
from graphs.nodes.argument_labels import TOOL

STATES: tuple[State, ...] = ("broken", "gone", "changed", "moved", "in place")
"""The loudest first."""

FINE: frozenset[State] = frozenset(("in place", "moved"))
UNCHECKED = "the cited version is not kept, so the quote itself could not be checked"

KEPT_BY_RECEIPT = "a tool said this, and the receipt has all of it"
SAID_BY_A_TOOL = "a tool said this, and what tools say is not kept: not checked"


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
    current = registry.named(by_document)
    missing = {one.version for doc_id, of in by_document.items() if doc_id not in current for one in of}
    renamed = registry.of_versions(missing)
    reports: dict[int, CitationReport] = {}
    said = {
        id(one): text
        for answer in answers
        for one in answer.citations
        if (text := answer.said.get((one.doc_id, one.version))) is not None
    }
    for doc_id, citations in by_document.items():
        reports |= _document(registry, current.get(doc_id), renamed, citations, said)
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
    said: Mapping[int, str],
) -> dict[int, CitationReport]:
    """The reports on citations of one document, by the identity of the citation, as ``said`` is."""

    reports: dict[int, CitationReport] = {}
    today: Reading | None = None
    # Version after version: each text is read once.
    for version, same in groupby(sorted(citations, key=_version_of), _version_of):
        target = current or renamed.get(version)
        if today is None or target is None or today.record != target:
            today = read_document(registry.engine, target) if target is not None else None
            text = CurrentText(today.text if today else "")
        if today is not None and today.record.version == version:
            stored: str | None = today.text
        else:
            stored = cited_text(registry.engine, citations[0].doc_id, version)
        damage = _damage(stored, version)
        for one in same:
            cited = QuotedPlace(one.quote, one.start, one.end)
            if current is None and one.doc_id.startswith(TOOL):
                reports[id(one)] = _said_by_a_tool(one, cited, said.get(id(one)))
                continue
            wrong = damage or (broken(cited, stored) if stored is not None and one.quote else "")
            if wrong:
                reports[id(one)] = CitationReport(one, "broken", wrong)
            elif today is None or not one.quote:
                reports[id(one)] = CitationReport(one, "gone", _gone(registry, one))
            elif current is None:
                result = Verified("moved", "its document has another name now", one.start, one.end)
                reports[id(one)] = _report(one, result, today)
            else:
                result = verify(cited, stored, text)
                reports[id(one)] = _report(one, result, today, unchecked=stored is None)
    return reports


def _said_by_a_tool(citation: GivenCitation, cited: QuotedPlace, text: str | None) -> CitationReport:
    """Against the receipt's own copy, where there is one; its hash is the version."""
    if text is None:
        return CitationReport(citation, "in place", SAID_BY_A_TOOL)
    wrong = _damage(text, citation.version) or broken(cited, text)
    return CitationReport(citation, "broken" if wrong else "in place", wrong or KEPT_BY_RECEIPT)


def _version_of(citation: GivenCitation) -> str:
    return citation.version


def _damage(text: str | None, version: str) -> str:
    """What is wrong with the stored text of a version, if anything is."""
    if text is None or hashlib.sha256(text.encode()).hexdigest() == version:
        return ""
    return "the stored text of the cited version is damaged: it does not have that version's sha256"


def _gone(registry: Registry, citation: GivenCitation) -> str:
    if not citation.quote:
        return "its source was removed for good"
    removed = removed_document(registry.engine, citation.doc_id)
    if removed is not None:
        return f"the document was removed on {removed.removed_at[:10]}"
    return "there is no such document"


def _report(
    citation: GivenCitation, result: Verified, today: Reading, *, unchecked: bool = False
) -> CitationReport:
    why = "; ".join(filter(None, [result.why, UNCHECKED if unchecked else ""]))
    if result.start is None or result.end is None:
        return CitationReport(citation, result.state, why)
    now = Place(
        today.record.doc_id,
        today.record.version,
        result.start,
        result.end,
        today.text[result.start : result.end],
        today.record.title,
        today.record.uri,
        today.page_at(result.start),
        today.headings_at(result.start),
    )
    return CitationReport(citation, result.state, why, now, result.likeness)


def loudest(reports: Iterable[AnswerReport]) -> Iterator[tuple[GivenAnswer, CitationReport]]:
    """All citations, those in the worst state first."""
    every = [(report.answer, one) for report in reports for one in report.citations]
    yield from sorted(every, key=lambda pair: STATES.index(pair[1].state))
