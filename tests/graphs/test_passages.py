from __future__ import annotations

import hashlib

from langchain_core.documents import Document

from graphs.passages import context_of, merge, passage_id, to_document, to_passage, unseen
from tests.support.graph_parts import HANDBOOK, RETURNS, WARRANTY, passage


def test_an_indexed_passage_keeps_its_place_in_the_stored_text() -> None:
    found = to_passage(passage(WARRANTY))
    assert HANDBOOK[found["start"] : found["end"]] == found["text"] == WARRANTY


def test_a_foreign_document_is_its_own_canonical_text() -> None:
    found = to_passage(Document("Some text.", metadata={"source": "a.txt", "start": 7}))
    assert (found["start"], found["end"]) == (0, len("Some text."))
    assert found["version"] == hashlib.sha256(b"Some text.").hexdigest()
    assert found["doc_id"] == found["title"] == found["uri"] == "a.txt"


def test_a_document_that_says_nothing_of_itself_is_still_citable() -> None:
    found = to_passage(Document("Text."))
    assert (found["doc_id"], found["headings"], found["page"], found["scores"]) == ("document", [], None, {})


def test_a_passage_survives_the_reranker() -> None:
    found = to_passage(passage(RETURNS))
    assert to_passage(to_document(found)) == found


def test_numbers_of_known_passages_stay_and_none_comes_twice() -> None:
    one, two = to_passage(passage(RETURNS)), to_passage(passage(WARRANTY))
    assert merge([two], [one, two]) == [two, one]
    assert len({passage_id(one), passage_id(two)}) == 2


def test_a_passage_of_which_a_part_was_shown_is_not_unseen() -> None:
    whole, other = to_passage(passage(RETURNS)), to_passage(passage(WARRANTY))
    part = {**whole, "start": whole["start"] + 2, "text": whole["text"][2:]}
    assert unseen([part], [whole, other]) == [other]  # type: ignore[list-item]
    elsewhere = {**whole, "version": "another version"}
    assert unseen([part], [elsewhere]) == [elsewhere]  # type: ignore[list-item]


def test_titles_and_headings_are_named_once() -> None:
    found = to_passage(passage(RETURNS))
    assert context_of({**found, "title": "Shop", "headings": ["Shop", "Returns"]}) == ["Shop", "Returns"]
