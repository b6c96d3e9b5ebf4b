"""What somebody else sees of an answer: nothing that may rest on what they may not read."""

from __future__ import annotations

from typing import Any

import pytest

from app.answers.shown_to import NO_ANSWER, shown_to
from app.compose import Pincite
from app.documents.listing import list_documents
from app.registry.requester import Requester
from graphs.contracts import Abstention, Answer, Citation, Claim, Disagreement, Excerpt, Mark, NearestPassage

ANN = Requester("ann")
HILDA = Requester("hilda", ("hr",))
SECRET = "secret-plan"


@pytest.fixture(scope="module")
def of_each(pincite: Pincite) -> tuple[str, str]:
    """One that everybody may read, and one that only ``hr`` may."""
    everybodys = {one.doc_id for one in list_documents(pincite.registry, ANN, limit=100).documents}
    hildas = {one.doc_id for one in list_documents(pincite.registry, HILDA, limit=100).documents}
    return min(everybodys), min(hildas - everybodys)


def citation(number: int, doc_id: str) -> Citation:
    words = f"{SECRET} {number}"
    return Citation(number=number, doc_id=doc_id, version="v", start=0, end=9, quote=words, title=words)


def claim(text: str, *citations: int, verdict: Any = "verified") -> Claim:
    return Claim(text=text, verdict=verdict, citations=list(citations), checks={"reasons": [f"{SECRET} x"]})


def answered(of_each: tuple[str, str], *claims: Claim, **known: Any) -> Answer:
    open_, closed = of_each
    cited = [citation(1, open_), citation(2, closed)]
    told = {"status": "answered", "question": "?", "text": SECRET, "receipt": {"user": SECRET}}
    return Answer(**{**told, "claims": list(claims), "citations": cited, "notices": [SECRET], **known})


def test_a_sentence_is_shown_where_all_that_it_cites_may_be_read(
    pincite: Pincite, of_each: tuple[str, str]
) -> None:
    given = answered(of_each, claim("Both.", 1, 2), claim("Closed.", 2), claim("Open.", 1), claim("None."))
    shown = shown_to(given, pincite.registry, ANN)
    assert [one.text for one in shown.claims] == ["Open."]
    assert (shown.text, [one.number for one in shown.citations]) == ("Open. [1]", [1])
    assert shown.notices == ["3 sentences rest on documents that you may not read, and are left out."]
    assert (shown.receipt, shown.claims[0].checks, shown.id) == ({}, {}, "")
    theirs = shown_to(given, pincite.registry, HILDA)
    assert [one.text for one in theirs.claims] == ["Both.", "Closed.", "Open."]


def test_what_is_partly_supported_may_say_what_another_source_says(
    pincite: Pincite, of_each: tuple[str, str]
) -> None:
    given = answered(of_each, claim("Doubtful.", 1, verdict="partial"), claim("Open.", 1))
    assert [one.text for one in shown_to(given, pincite.registry, ANN).claims] == ["Open."]
    assert [one.text for one in shown_to(given, pincite.registry, HILDA).claims] == ["Doubtful.", "Open."]


def test_disagreements_are_shown_with_both_sides_or_not_and_name_the_sentences_that_are_left(
    pincite: Pincite, of_each: tuple[str, str]
) -> None:
    differ = [
        Disagreement(sentence=1, citations=[1, 2], why=SECRET),
        Disagreement(sentence=2, citations=[1, 1], why="30 days and 45 days"),
    ]
    given = answered(of_each, claim("Both.", 1, 2), claim("Open.", 1), disagreements=differ)
    shown = shown_to(given, pincite.registry, ANN)
    assert [(one.sentence, one.why) for one in shown.disagreements] == [(1, "30 days and 45 days")]
    assert len(shown_to(given, pincite.registry, HILDA).disagreements) == 2


def test_excerpts_and_what_came_near_are_of_readable_documents_alone(
    pincite: Pincite, of_each: tuple[str, str]
) -> None:
    open_, closed = of_each
    place: dict[str, Any] = {"version": "v", "start": 0, "end": 5, "headings": [], "title": "", "uri": ""}
    excerpts = [
        Excerpt(
            doc_id=open_, text="Open.", kind="paragraph", marks=[Mark(start=0, end=5, citation=1)], **place
        ),
        Excerpt(doc_id=closed, text=SECRET[:5], kind="paragraph", lead=SECRET, **place),
    ]
    shown = shown_to(answered(of_each, claim("Open.", 1), excerpts=excerpts), pincite.registry, ANN)
    assert [one.text for one in shown.excerpts] == ["Open."]
    near = [
        NearestPassage(doc_id=one, page=None, score=0.1, excerpt=words, **place)
        for one, words in ((open_, "Open."), (closed, SECRET))
    ]
    none = Answer(
        status="abstained",
        question="?",
        text=f"Nearest: {SECRET}",
        abstention=Abstention(reason=SECRET, searched=[SECRET], filters={"title": SECRET}, nearest=near),
    )
    left = shown_to(none, pincite.registry, ANN)
    assert left.text == NO_ANSWER
    assert SECRET not in left.model_dump_json()
    assert left.abstention is not None
    assert [one.excerpt for one in left.abstention.nearest] == ["Open."]
