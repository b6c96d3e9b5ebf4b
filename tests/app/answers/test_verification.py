"""Citations against documents that were changed, renamed, removed, and texts that were tampered with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from app.answers.files import GivenAnswer, GivenCitation, NotAnAnswerError, given_answer
from app.answers.verification import SAID_BY_A_TOOL, CitationReport, counts, verify_answers
from app.registry.new_document import doc_id_of
from app.registry.registry import Registry
from app.registry.schema import open_engine
from tests.support.index import new_document

URI = "source://handbook/returns.md"
TEXT = "# Returns\n\nReturn it within 30 days.\n\n# Refunds\n\nThe refund takes 14 days.\n"
QUOTE = "The refund takes 14 days."


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    times = count()
    engine = open_engine(tmp_path / "registry.sqlite")
    registry = Registry(engine, lambda: f"2026-01-01T00:00:{next(times):02}")
    registry.replace(new_document(URI, TEXT))
    yield registry
    engine.dispose()


def citation(quote: str = QUOTE, text: str = TEXT, *, uri: str = URI, number: int = 1) -> GivenCitation:
    start = text.index(quote)
    version = hashlib.sha256(text.encode()).hexdigest()
    return GivenCitation(
        number=number,
        doc_id=doc_id_of(uri),
        version=version,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def check(registry: Registry, *citations: GivenCitation) -> list[CitationReport]:
    (report,) = verify_answers(registry, [GivenAnswer(id="a", citations=list(citations))])
    assert [one.citation for one in report.citations] == list(citations)
    return list(report.citations)


def only(registry: Registry, one: GivenCitation | None = None) -> CitationReport:
    (report,) = check(registry, one or citation())
    return report


def test_what_a_tool_said_is_not_kept_and_not_called_gone(registry: Registry) -> None:
    said = citation().model_copy(update={"doc_id": "tool:compute:0123456789"})
    report = only(registry, said)
    assert (report.state, report.why) == ("in place", SAID_BY_A_TOOL)


def test_an_unchanged_document_has_its_words_in_place(registry: Registry) -> None:
    report = only(registry)
    assert (report.state, report.why) == ("in place", "")
    assert report.now is not None
    assert (report.now.words, report.now.headings) == (QUOTE, ("Refunds",))


def test_moved_words_come_with_where_they_are_now(registry: Registry) -> None:
    now = "# News\n\nNothing.\n\n# Money\n\nHm. The refund\ntakes 14 days.\n"
    registry.replace(new_document(URI, now))
    report = only(registry)
    assert report.state == "moved"
    assert report.now is not None
    assert report.now.words == "The refund\ntakes 14 days." == now[report.now.start : report.now.end]
    assert report.now.headings == ("Money",)
    assert report.now.version == hashlib.sha256(now.encode()).hexdigest()


def test_pages_of_moved_words_are_named(registry: Registry) -> None:
    new = new_document(URI, "New first page.\n\n" + TEXT)
    registry.replace(replace(new, loaded=replace(new.loaded, pages=(0, 17))))
    report = only(registry)
    assert report.now is not None
    assert (report.state, report.now.page) == ("moved", 2)


def test_changed_words_come_with_what_is_there_instead(registry: Registry) -> None:
    registry.replace(new_document(URI, TEXT.replace("14", "21")))
    report = only(registry)
    assert report.now is not None
    assert (report.state, report.now.words) == ("changed", "The refund takes 21 days.")


def test_a_removed_document_is_gone_and_a_forged_quote_of_it_still_broken(registry: Registry) -> None:
    good = citation()
    forged = good.model_copy(update={"quote": "The refund takes 99 days."})
    registry.remove(good.doc_id, {(good.doc_id, good.version)})
    first, second = check(registry, good, forged)
    assert (first.state, first.why) == ("gone", "the document was removed on 2026-01-01")
    assert (second.state, second.now) == ("broken", None)
    unknown = only(registry, good.model_copy(update={"doc_id": "nobody"}))
    assert (unknown.state, unknown.why) == ("gone", "there is no such document")


def test_words_that_were_forgotten_are_gone_not_broken(registry: Registry) -> None:
    report = only(registry, citation().model_copy(update={"quote": ""}))
    assert (report.state, report.why) == ("gone", "its source was removed for good")


@pytest.mark.parametrize("kept", [True, False])
def test_a_renamed_document_is_found_under_its_new_name(registry: Registry, kept: bool) -> None:
    good = citation()
    registry.remove(good.doc_id, {(good.doc_id, good.version)} if kept else ())
    registry.replace(new_document("source://handbook/refunds.md", TEXT))
    report = only(registry)
    assert report.state == "moved"
    assert report.now is not None
    assert (report.now.uri, report.now.start) == ("source://handbook/refunds.md", good.start)
    assert "another name" in report.why
    forged = only(registry, good.model_copy(update={"quote": "The refund takes 99 days."}))
    assert forged.state == "broken"


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "The refund takes 41 days."},
        {"start": 0, "end": 25},
        {"end": 5000},
        {"start": -3},
        {"quote": QUOTE + " "},
    ],
)
def test_a_quote_that_is_not_what_the_version_says_is_broken(
    registry: Registry, change: dict[str, object]
) -> None:
    assert only(registry, citation().model_copy(update=change)).state == "broken"
    # Whatever the document says today, the quote was forged.
    registry.replace(new_document(URI, TEXT.replace("14", "41")))
    assert only(registry, citation().model_copy(update=change)).state == "broken"


def test_a_stored_text_that_was_altered_is_broken(registry: Registry) -> None:
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE versions SET text = replace(text, '14 days', '15 days')")
    forged = citation().model_copy(update={"quote": "The refund takes 15 days."})
    report = only(registry, forged)
    assert (report.state, "damaged" in report.why) == ("broken", True)


def test_a_version_that_is_not_kept_is_said_to_be_unchecked(registry: Registry) -> None:
    report = only(registry, citation().model_copy(update={"version": "0" * 64}))
    assert (report.state, "could not be checked" in report.why) == ("in place", True)


def test_many_answers_are_told_apart(registry: Registry) -> None:
    other = "source://handbook/other.md"
    registry.replace(new_document(other, "Tea is at four.\n"))
    registry.replace(new_document(URI, TEXT.replace("14", "21")))
    tea = citation("Tea is at four.", "Tea is at four.\n", uri=other, number=2)
    moved = citation("Return it within 30 days.")
    answers = [
        GivenAnswer(id="a", citations=[citation(), tea]),
        GivenAnswer(id="b", citations=[]),
        GivenAnswer(id="c", citations=[tea, moved, citation()]),
    ]
    reports = verify_answers(registry, answers)
    assert [[one.state for one in report.citations] for report in reports] == [
        ["changed", "in place"],
        [],
        ["in place", "in place", "changed"],
    ]
    assert counts(reports) == {"broken": 0, "gone": 0, "changed": 2, "moved": 0, "in place": 3}


def test_half_a_character_in_an_exported_answer_is_refused_in_a_line() -> None:
    citation = {"number": 1, "doc_id": "d", "version": "\ud800", "start": 0, "end": 1, "quote": "x"}
    with pytest.raises(NotAnAnswerError, match="half a character"):
        given_answer({"citations": [citation]}, "the request", 1)
