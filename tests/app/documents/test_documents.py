"""Documents as somebody may see them: listed page by page, read, cited by their own answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import Pincite
from app.documents.citing_answers import citing_answers
from app.documents.details import document_text, show_document
from app.documents.facets import facets
from app.documents.listing import SortKey, list_documents
from app.documents.readable import DocumentRequestError, NoSuchDocumentError
from app.registry.requester import Requester
from app.retrieval.scope import FilterError
from graphs.state import AskContext
from tests.support.index import filled_index, new_document

ANN, HR = Requester("ann"), Requester("hana", ("hr",))
CHIEF = Requester("chief", operator=True)
DOCUMENTS = [
    new_document(
        f"file:///d{n}.md",
        f"# Pump {n % 4}\n\nThe pump of kind {n} needs {n + 1} bars.",
        version=f"2.{n}",
        status="final" if n % 2 else "draft",
        groups=["hr"] if n % 3 == 0 else [],
    )
    for n in range(12)
]
OPEN_IDS = {one.doc_id for n, one in enumerate(DOCUMENTS) if n % 3}
SECRET = DOCUMENTS[3].doc_id


@pytest.fixture
def pincite(tmp_path: Path) -> Iterator[Pincite]:
    with filled_index(tmp_path, DOCUMENTS) as opened:
        yield opened


@pytest.mark.parametrize("sort", ["title", "updated", "uri", "source"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_document_once_in_order(pincite: Pincite, sort: SortKey, descending: bool) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = list_documents(pincite.registry, ANN, sort=sort, descending=descending, cursor=cursor, limit=3)
        assert page.total == len(OPEN_IDS)
        seen += [one.doc_id for one in page.documents]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(OPEN_IDS)
    assert set(seen) == OPEN_IDS
    whole = list_documents(pincite.registry, ANN, sort=sort, descending=not descending, limit=100)
    assert [one.doc_id for one in whole.documents] == seen[::-1]


def test_what_comes_and_goes_between_two_pages_moves_no_other(pincite: Pincite) -> None:
    first = list_documents(pincite.registry, CHIEF, sort="uri", limit=4)
    with pincite.corpus.writing() as (pipeline, writer):
        pipeline.remove(first.documents[0], writer)
        writer.put(new_document("file:///a.md", "# New\n\nNew."))
    second = list_documents(pincite.registry, CHIEF, sort="uri", limit=100, cursor=first.next)
    shown = [one.uri for one in [*first.documents, *second.documents]]
    assert sorted(shown) == sorted(one.uri for one in DOCUMENTS)


def test_who_asks_sees_what_they_may_read_and_no_trace_of_the_rest(pincite: Pincite) -> None:
    def listed(requester: Requester) -> set[str]:
        return {one.doc_id for one in list_documents(pincite.registry, requester, limit=100).documents}

    assert listed(ANN) == OPEN_IDS
    assert listed(HR) == listed(CHIEF) == {one.doc_id for one in DOCUMENTS}
    for doc_id in (SECRET, "nothing-0000000000"):
        for look in (show_document, document_text, citing_answers):
            with pytest.raises(NoSuchDocumentError):
                look(pincite.corpus, ANN, doc_id)
    assert show_document(pincite.corpus, HR, SECRET).record.groups == ("hr",)


def test_lists_are_narrowed_by_filters_and_words(pincite: Pincite) -> None:
    page = list_documents(pincite.registry, CHIEF, filters=["version>=2.9", "status=final"], limit=100)
    assert {one.metadata["version"] for one in page.documents} == {"2.9", "2.11"}
    page = list_documents(pincite.registry, CHIEF, words="PUMP d7", limit=100)
    assert [one.uri for one in page.documents] == ["file:///d7.md"]
    with pytest.raises(FilterError):
        list_documents(pincite.registry, CHIEF, filters=["version"])


@pytest.mark.parametrize("cursor", ["x", "bm8=", "WzEsMl0=", "\udc00"])
def test_a_cursor_of_something_else_is_refused(pincite: Pincite, cursor: str) -> None:
    with pytest.raises(DocumentRequestError, match="begin without one"):
        list_documents(pincite.registry, ANN, cursor=cursor)
    other = list_documents(pincite.registry, ANN, sort="uri", limit=1).next
    with pytest.raises(DocumentRequestError, match="begin without one"):
        list_documents(pincite.registry, ANN, sort="title", cursor=other)
    with pytest.raises(DocumentRequestError):
        list_documents(pincite.registry, ANN, limit=0)
    with pytest.raises(DocumentRequestError):
        list_documents(pincite.registry, ANN, sort="size")  # type: ignore[arg-type]


def test_a_text_is_given_with_where_its_passages_stand(pincite: Pincite) -> None:
    doc_id = DOCUMENTS[1].doc_id
    whole = document_text(pincite.corpus, ANN, doc_id)
    assert whole.text == DOCUMENTS[1].loaded.text
    (span,) = whole.passages
    assert whole.text[span.start : span.end].endswith("needs 2 bars.")
    part = document_text(pincite.corpus, ANN, doc_id, start=2, end=6)
    assert (part.text, part.length, part.start, part.end) == (whole.text[2:6], len(whole.text), 2, 6)
    for start, end in ((-1, 3), (5, 2), (10**6, None)):
        with pytest.raises(DocumentRequestError):
            document_text(pincite.corpus, ANN, doc_id, start=start, end=end)
    with pytest.raises(NoSuchDocumentError):
        document_text(pincite.corpus, ANN, doc_id, version="0" * 64)


def test_answers_that_cite_a_document_are_their_asker_s(pincite: Pincite) -> None:
    question = "How many bars does the pump of kind 7 need?"
    for user in ("ann", "bob"):
        answer = pincite.ask(question, filters={"version": "2.7"}, context=AskContext(user=user))
        assert answer.status == "answered"
    doc_id = DOCUMENTS[7].doc_id
    (mine,) = citing_answers(pincite.corpus, ANN, doc_id)
    assert mine.question == question
    assert mine.stands
    assert {one.state for one in mine.places} == {"in place"}
    assert len(citing_answers(pincite.corpus, CHIEF, doc_id)) == 2
    assert citing_answers(pincite.corpus, Requester("eve"), doc_id) == []
    changed = new_document("file:///d7.md", "# Pump 3\n\nThe pump of kind 7 needs 90 bars.", version="2.7")
    with pincite.corpus.writing() as (_, writer):
        writer.put(changed)
    (mine,) = citing_answers(pincite.corpus, ANN, doc_id)
    assert not mine.stands


def test_facets_count_what_may_be_read_and_nothing_else(pincite: Pincite) -> None:
    def counted(requester: Requester, **more: object) -> dict[str, dict[str, int]]:
        found = facets(pincite.registry, requester, **more)  # type: ignore[arg-type]
        return {one.key: {value.value: value.documents for value in one.values} for one in found}

    mine = counted(ANN)
    assert mine["status"] == {"final": 4, "draft": 4}
    assert "2.3" not in mine["version"]
    assert counted(HR)["status"] == counted(CHIEF)["status"] == {"final": 6, "draft": 6}
    # One value is no choice, and a key that names each document none worth offering.
    assert not {"uri", "doc_id", "source", "groups"} & set(mine)
    assert counted(ANN, filters=["version<2.3"])["status"] == {"final": 1, "draft": 1}
    assert counted(ANN, keys=["groups"]) == {}
    (versions,) = facets(pincite.registry, ANN, keys=["version"], limit=2)
    assert (len(versions.values), versions.more) == (2, 6)
    with pytest.raises(DocumentRequestError):
        facets(pincite.registry, ANN, limit=0)
